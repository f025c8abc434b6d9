#include "register_object.hpp"

#include <nlohmann/json.hpp>

#include "refusals.hpp"

namespace keratin::inline KERATIN_VARIANT {

std::map<std::string, std::string>& layer_refusals() {
  static std::map<std::string, std::string> refusals;
  return refusals;
}

std::string unknown_class(std::string_view kind, const std::string& name, const Json& config) {
  std::string message = concat("Could not interpret ", kind, " identifier: ", name);
  if (kind != "layer") return message;
  const auto place = name.find('>');
  const std::string plain = place == name.npos ? name : name.substr(place + 1);
  if (config.is_object() && config.contains("name") && config["name"].is_string())
    message += concat(". Layer '", config["name"].get<std::string>(), "' is of this class");
  const auto refusal = layer_refusals().find(plain);
  if (refusal != layer_refusals().end()) {
    return concat(message, ", which ", refusal->second,
                  ". A layer of yours can take its place; say so before loading: keratin::",
                  "register_layer<", plain, "Layer>();");
  }
  return concat(message,
                ". If it is a class of yours, say so before loading: keratin::", "register_layer<",
                plain, "Layer>();");
}

std::string registration_hint(std::string_view kind, const std::string& name) {
  const auto place = name.find('>');
  const std::string plain = place == name.npos ? name : name.substr(place + 1);
  const std::string_view word = kind == "activation function" ? "activation" : kind;
  return concat(". If it is one of yours, say so before loading: keratin::register_", word, "<",
                plain, ">();");
}

}  // namespace keratin::inline KERATIN_VARIANT
