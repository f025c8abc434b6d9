#include "seed.hpp"

#include <nlohmann/json.hpp>

#include "../framework/base/error.hpp"

namespace keratin::inline KERATIN_VARIANT::initializers {

std::uint64_t Seed::draw() const {
  return value_ ? static_cast<std::uint64_t>(*value_) : next_seed();
}

void to_json(Json& json, const Seed& seed) {
  const Json value = seed.value_ ? Json(*seed.value_) : Json(nullptr);
  if (!seed.is_generator_) {
    json = value;
    return;
  }
  json = Json::object();
  json["module"] = "keras.random";
  json["class_name"] = "SeedGenerator";
  json["config"] = {{"seed", value}};
  json["registered_name"] = nullptr;
}

void from_json(const Json& json, Seed& seed) {
  seed = Seed();
  if (json.is_object()) {
    if (json.value("class_name", "") != "SeedGenerator")
      throw ValueError("expected an integer, null or a SeedGenerator");
    from_json(json.at("config").at("seed"), seed);
    seed.is_generator_ = true;
  } else if (!json.is_null()) {
    if (!json.is_number_integer()) throw ValueError("expected an integer, null or a SeedGenerator");
    seed.value_ = json.get<std::int64_t>();
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::initializers
