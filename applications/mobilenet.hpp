#pragma once

#include "../training/model.hpp"
#include "options.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {

struct MobileNetOptions {
  Shape input_shape = {};
  /// The width: each layer has this share of the paper's channels, rounded down.
  double alpha = 1;
  /// Outputs of a depthwise convolution for each of its channels.
  Dim depth_multiplier = 1;
  /// The rate of the Dropout before the classifier.
  double dropout = 1e-3;
  bool include_top = true;
  std::string weights = {};
  std::optional<SymbolicTensor> input_tensor = {};
  std::string pooling = {};
  Dim classes = 1000;
  Spec<ActivationFunction> classifier_activation = "softmax";
  std::string name = {};
};

/// Depthwise-separable convolutions in a row (keras.applications.MobileNet; Howard et al., 2017).
/// See ApplicationOptions for the arguments they share.
///
/// Images of 224 x 224 by default, at least 32 x 32, of values from -1 to 1: see
/// preprocess_input(). Throws ValueError where an option does not fit.
Model MobileNet(const MobileNetOptions& options = {});

}  // namespace keratin::inline KERATIN_VARIANT::applications
