#pragma once

#include "framework/keratin.hpp"  // beside this file in the build tree's and the installed include/keratin
