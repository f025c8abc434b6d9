#include "serialization.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace keratin::inline KERATIN_VARIANT {

Json Configurable::get_config() const {
  Json config = Json::object();
  write_config(config);
  return config;
}

void Configurable::write_serialized(Json& json) const {
  const std::string registered = registered_name();
  json = Json::object();
  json["module"] = module();
  json["class_name"] = class_name();
  json["config"] = get_config();
  json["registered_name"] = registered.empty() ? Json(nullptr) : Json(registered);
}

Json serialize(const Configurable& object) {
  Json json;
  object.write_serialized(json);
  return json;
}

ObjectDescription describe_object(const Json& json) {
  const auto with_config = [](std::string name, Json config) {
    return ObjectDescription{std::move(name), std::make_shared<const Json>(std::move(config))};
  };
  if (json.is_string()) return with_config(json.get<std::string>(), Json::object());
  if (!json.is_object() || !json.contains("class_name") || !json["class_name"].is_string())
    throw ValueError(concat("Cannot deserialize object from `config`: ", json.dump()));
  std::string name = json["class_name"].get<std::string>();
  const auto config = json.find("config");
  const bool has_config = config != json.end() && !config->is_null();
  if (name == "function") {
    if (!has_config || !config->is_string())
      throw ValueError(concat("Cannot deserialize function from `config`: ", json.dump()));
    return with_config(config->get<std::string>(), Json::object());
  }
  const auto registered = json.find("registered_name");
  // "package>Name" is a custom class; Keras repeats the plain name for some of its own.
  if (registered != json.end() && registered->is_string() &&
      registered->get<std::string>().find('>') != std::string::npos) {
    name = registered->get<std::string>();
  }
  if (has_config && !config->is_object())
    throw ValueError(concat("The config of ", name, " is no object: ", config->dump()));
  return with_config(std::move(name), has_config ? *config : Json::object());
}

}  // namespace keratin::inline KERATIN_VARIANT
