#pragma once

#include "../training/model.hpp"
#include "options.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {

struct MobileNetV3Options {
  Shape input_shape = {};
  /// The width: each layer has this share of the paper's channels, made divisible by 8.
  double alpha = 1;
  /// Without squeeze and excitation, hard swish and 5 x 5 convolutions.
  bool minimalistic = false;
  bool include_top = true;
  std::string weights = {};
  std::optional<SymbolicTensor> input_tensor = {};
  Dim classes = 1000;
  std::string pooling = {};
  /// The rate of the Dropout before the classifier; 0: there is none.
  double dropout_rate = 0.2;
  Spec<ActivationFunction> classifier_activation = "softmax";
  /// Whether the network scales its images, of values from 0 to 255; otherwise it takes values from
  /// -1 to 1.
  bool include_preprocessing = true;
  std::string name = {};
};

/// Inverted residual blocks that a search has found, with squeeze and excitation
/// (keras.applications.MobileNetV3Small and MobileNetV3Large; Howard et al., 2019). See
/// ApplicationOptions for the arguments they share.
///
/// Images of any size from 32 x 32 by default, with a classifier too. Throws ValueError where an
/// option does not fit.
Model MobileNetV3Small(const MobileNetV3Options& options = {});
Model MobileNetV3Large(const MobileNetV3Options& options = {});

}  // namespace keratin::inline KERATIN_VARIANT::applications
