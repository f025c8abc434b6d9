#pragma once

#include <optional>
#include <string>

#include "../framework/activation.hpp"
#include "../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {

/// What all networks are told; those with more arguments have options of their own.
struct ApplicationOptions {
  /// Whether the classifier is there.
  bool include_top = true;
  /// A file of weights saved by Keras or Keratin (`.weights.h5`, `.h5`, `.keras`); empty: weights
  /// are drawn at random (Keras: None). Keras's default, "imagenet", is a download and refused.
  std::string weights = {};
  /// Where the network begins, instead of an Input of its own.
  std::optional<SymbolicTensor> input_tensor = {};
  /// Rows, columns and channels (in the order of image_data_format()), without the batch axis.
  /// Empty: the network's own size or, without classifier, images of any size with 3 channels.
  Shape input_shape = {};
  /// Without classifier: empty leaves the last block's (batch, rows, columns, channels), "avg" and
  /// "max" pool it to (batch, channels).
  std::string pooling = {};
  /// The classes that the classifier tells apart.
  Dim classes = 1000;
  /// Of the classifier; {} for its logits. With `weights` only those two.
  Spec<ActivationFunction> classifier_activation = "softmax";
  /// Of the model. Empty: the network's.
  std::string name = {};
};

}  // namespace keratin::inline KERATIN_VARIANT::applications
