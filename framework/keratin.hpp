#pragma once

#include "nn/depthwise_conv2d.hpp"
#include "nn/separable_conv2d.hpp"
