#pragma once

#include <string>
#include <vector>

#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// What was noticed while a file was read.
struct LoadReport {
  /// "keras", "h5", "weights.h5", "json".
  std::string format = {};
  /// The version that wrote the file; empty where the file does not say.
  std::string keras_version = {};
  /// What was left out or renamed without changing the result.
  std::vector<std::string> notes = {};
  /// What is missing in the model compared with the file: an unknown loss, a skipped weight.
  std::vector<std::string> warnings = {};
};

}  // namespace keratin::inline KERATIN_VARIANT
