#pragma once

#include <memory>
#include <string>

#include "base/json.hpp"
#include "configurable.hpp"
#include "registry.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Writes `object` as Keras does: {"module", "class_name", "config", "registered_name"}, or a bare
/// name for an activation.
inline void serialize(const Configurable& object, Json& json) { object.write_serialized(json); }
Json serialize(const Configurable& object);

/// What a file says of an object: a bare name, or a class with its config.
struct ObjectDescription {
  std::string name;  ///< key into the registry: the registered name if it is a custom class
  std::shared_ptr<const Json> config;
};
/// Reads any of the spellings of Keras 1 to 3: "relu", {"class_name", "config"},
/// {"class_name": "function", "config": "relu"}. Throws ValueError for anything else.
ObjectDescription describe_object(const Json& json);

/// The object of kind `T` that `json` describes. Throws ValueError where it is unknown.
template <class T>
std::shared_ptr<T> deserialize(const Json& json) {
  const ObjectDescription object = describe_object(json);
  return Registry<T>::instance().make(object.name, *object.config);
}

}  // namespace keratin::inline KERATIN_VARIANT
