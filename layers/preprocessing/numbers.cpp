#include "numbers.hpp"

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

std::string Numbers::text() const {
  const std::vector<double> values(values_.begin(), values_.end());
  return list_ ? concat(values) : concat(values[0]);
}

void to_json(Json& json, const Numbers& numbers) {
  if (!numbers.is_list()) {
    json = numbers.values()[0];
    return;
  }
  json = Json::array();
  for (const Number& number : numbers.values()) json.push_back(number);
}

void from_json(const Json& json, Numbers& numbers) {
  if (!json.is_array()) {
    Number number = 0;
    json.get_to(number);
    numbers = number;
    return;
  }
  std::vector<Number> values;
  for (const Json& element : json) element.get_to(values.emplace_back(0));
  numbers = Numbers(std::move(values));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
