#pragma once

#include <nlohmann/json.hpp>

#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// A shape in JSON: a list of integers, null where a size is unknown.
struct ShapeJson {
  Shape value;
};

inline void to_json(Json& json, const ShapeJson& shape) {
  json = Json::array();
  for (const Dim dim : shape.value) json.push_back(dim == unknown ? Json(nullptr) : Json(dim));
}

inline void from_json(const Json& json, ShapeJson& shape) {
  shape.value.clear();
  for (const Json& dim : json) shape.value.push_back(dim.is_null() ? unknown : dim.get<Dim>());
}

}  // namespace keratin::inline KERATIN_VARIANT
