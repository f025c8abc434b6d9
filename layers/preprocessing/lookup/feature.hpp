#pragma once

#include <string>
#include <variant>
#include <vector>

#include "../../../framework/base/json.hpp"
#include "../../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// What is hashed: a whole number or a text.
using Feature = std::variant<Dim, std::string>;
using Features = std::vector<Feature>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
