#include "number.hpp"

#include <cstdint>

#include <nlohmann/json.hpp>

namespace keratin::inline KERATIN_VARIANT {

void to_json(Json& json, const Number& number) {
  if (number.is_integer_) {
    json = static_cast<std::int64_t>(number.value_);
  } else {
    json = number.value_;
  }
}

void from_json(const Json& json, Number& number) {
  number = json.get<double>();
  number.is_integer_ = json.is_number_integer();
}

}  // namespace keratin::inline KERATIN_VARIANT
