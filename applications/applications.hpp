#pragma once

// All networks of this folder.

#include "densenet.hpp"
#include "efficientnet.hpp"
#include "efficientnet_v2.hpp"
#include "inception_resnet_v2.hpp"
#include "inception_v3.hpp"
#include "mobilenet.hpp"
#include "mobilenet_v2.hpp"
#include "mobilenet_v3.hpp"
#include "nasnet.hpp"
#include "preprocess_input.hpp"
#include "resnet.hpp"
#include "vgg.hpp"
#include "xception.hpp"
