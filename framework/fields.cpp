#include "fields.hpp"

#include "activation.hpp"
#include "constraint.hpp"
#include "fields_impl.hpp"
#include "initializer.hpp"
#include "regularizer.hpp"

namespace keratin::inline KERATIN_VARIANT {

Fields& Fields::activity_regularizer() {
  if (out_ && !out_->contains("activity_regularizer")) (*out_)["activity_regularizer"] = nullptr;
  return ignore("activity_regularizer");
}

Fields& Fields::constant(std::string_view key, const Json& value) {
  const std::string name(key);
  if (out_) (*out_)[name] = value;
  if (in_ && in_->contains(name) && (*in_)[name] != value) {
    throw ValueError(concat(owner_, ": Invalid value for argument `", key, "`. Received: ", key,
                            "=", (*in_)[name].dump(), ", allowed: ", value.dump()));
  }
  return ignore(key);
}

Fields& Fields::ignore(std::string_view key) {
  seen_.emplace(key);
  return *this;
}

void Fields::finish(std::string_view class_name) const {
  if (!in_) return;
  std::string unknown_keys;
  for (const auto& [key, value] : in_->items()) {
    if (seen_.contains(key)) continue;
    if (!unknown_keys.empty()) unknown_keys += ", ";
    unknown_keys += concat("'", key, "': ", value.dump());
  }
  if (unknown_keys.empty()) return;
  throw ValueError(concat(owner_, ": Unrecognized keyword arguments passed to ", class_name, ": {",
                          unknown_keys, "}"));
}

void refuse_field(const std::string& owner, std::string_view key, const Json& value,
                  const char* reason) {
  throw ValueError(concat(owner, ": Invalid value for argument `", key, "`. Received: ", key, "=",
                          value.dump(), " (", reason, ")"));
}

KERATIN_COMMON_FIELDS(template)

}  // namespace keratin::inline KERATIN_VARIANT
