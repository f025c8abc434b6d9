#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "../../framework/base/json.hpp"
#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// A weight that is known by its name alone: "dense_1/kernel".
struct NamedWeight {
  std::string name;
  std::function<Tensor()> read;
};

/// Whether `json` is a `model.json` of TensorFlow.js.
bool is_tfjs(const Json& json);

/// The weights of a layers model of TensorFlow.js in the order of its manifest. `json` was read
/// from `path`; the shards lie beside it. Elements of float32, float16, int32, uint8 and bool, also
/// where they were quantised to float16, uint8 or uint16. Throws FileError.
std::vector<NamedWeight> tfjs_weights(const Json& json, const std::filesystem::path& path);

}  // namespace keratin::inline KERATIN_VARIANT::saving
