#pragma once

#include "../training/model.hpp"
#include "options.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {

struct MobileNetV2Options {
  Shape input_shape = {};
  /// The width: each layer has this share of the paper's channels, made divisible by 8; the last
  /// one is not narrowed.
  double alpha = 1;
  bool include_top = true;
  std::string weights = {};
  std::optional<SymbolicTensor> input_tensor = {};
  std::string pooling = {};
  Dim classes = 1000;
  Spec<ActivationFunction> classifier_activation = "softmax";
  std::string name = {};
};

/// Inverted residual blocks: widen, convolve depthwise, narrow, add
/// (keras.applications.MobileNetV2; Sandler et al., 2018). See ApplicationOptions for the arguments
/// they share.
///
/// Images of 224 x 224 by default, at least 32 x 32, of values from -1 to 1: see
/// preprocess_input(). Throws ValueError where an option does not fit.
Model MobileNetV2(const MobileNetV2Options& options = {});

}  // namespace keratin::inline KERATIN_VARIANT::applications
