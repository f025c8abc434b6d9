#pragma once

#include "../training/model.hpp"
#include "options.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {

struct EfficientNetV2Options {
  bool include_top = true;
  std::string weights = {};
  std::optional<SymbolicTensor> input_tensor = {};
  Shape input_shape = {};
  std::string pooling = {};
  Dim classes = 1000;
  Spec<ActivationFunction> classifier_activation = "softmax";
  /// Whether the network normalizes its images, of values from 0 to 255; otherwise it takes values
  /// from -1 to 1.
  bool include_preprocessing = true;
  std::string name = {};
};

/// EfficientNet with full convolutions in its first stages (keras.applications.EfficientNetV2B0 to
/// EfficientNetV2L; Tan and Le, 2021). See ApplicationOptions for the arguments they share.
///
/// Images of 224, 240, 260 and 300 (B0 to B3), 384 (S) and 480 (M, L) rows and columns by default,
/// at least 32. Throws ValueError where an option does not fit.
Model EfficientNetV2B0(const EfficientNetV2Options& options = {});
Model EfficientNetV2B1(const EfficientNetV2Options& options = {});
Model EfficientNetV2B2(const EfficientNetV2Options& options = {});
Model EfficientNetV2B3(const EfficientNetV2Options& options = {});
Model EfficientNetV2S(const EfficientNetV2Options& options = {});
Model EfficientNetV2M(const EfficientNetV2Options& options = {});
Model EfficientNetV2L(const EfficientNetV2Options& options = {});

}  // namespace keratin::inline KERATIN_VARIANT::applications
