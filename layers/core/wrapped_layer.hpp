#pragma once

#include <optional>

#include <nlohmann/json.hpp>

#include "../../framework/handle.hpp"
#include "../../framework/serialization.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// The argument `layer` of a wrapper in a config: a whole layer.
struct WrappedLayer {
  std::optional<LayerHandle> value;
};

inline void to_json(Json& json, const WrappedLayer& layer) {
  json = layer.value ? serialize(**layer.value) : Json(nullptr);
}

inline void from_json(const Json& json, WrappedLayer& layer) {
  layer.value.reset();
  if (!json.is_null()) layer.value.emplace(deserialize<Layer>(json));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
