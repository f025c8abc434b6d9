#include "layer_argument.hpp"

#include <nlohmann/json.hpp>

#include "serialization.hpp"

namespace keratin::inline KERATIN_VARIANT {

void to_json(Json& json, const LayerArgument& layer) {
  json = layer ? serialize(*layer) : Json(nullptr);
}

void from_json(const Json& json, LayerArgument& layer) {
  layer = json.is_null() ? LayerArgument() : LayerArgument(deserialize<Layer>(json));
}

}  // namespace keratin::inline KERATIN_VARIANT
