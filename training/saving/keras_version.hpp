#pragma once

#include <compare>
#include <string>

#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// A release of Keras: 2 is tf.keras (tf_keras), 3 the multi-backend Keras.
struct KerasVersion {
  int major = 3;
  int minor = 0;
  int patch = 0;
  auto operator<=>(const KerasVersion&) const = default;
  std::string text() const;
};

/// Keras 3.`minor`.
constexpr KerasVersion keras3(int minor) { return {3, minor, 0}; }

/// The version that `text` names: "3.3", "3.9.2", "2.15.0". Throws ValueError unless it is one that
/// can be written for: 2.15 to 2.21, 3.0 to 3.15.
KerasVersion parse_keras_version(const std::string& text);

}  // namespace keratin::inline KERATIN_VARIANT::saving
