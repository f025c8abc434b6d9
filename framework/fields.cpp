#include "fields.hpp"

#include "activation.hpp"
#include "constraint.hpp"
#include "fields_impl.hpp"
#include "initializer.hpp"
#include "register_object.hpp"
#include "regularizer.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

/// Where `reason` is an unknown object, what a program can do about it.
std::string hint_of(std::string_view reason) {
  constexpr std::string_view start = "Could not interpret ", middle = " identifier: ";
  const auto place = reason.find(middle);
  if (!reason.starts_with(start) || place == reason.npos) return {};
  return registration_hint(reason.substr(start.size(), place - start.size()),
                           std::string(reason.substr(place + middle.size())));
}

}  // namespace

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
    // An argument of a later Keras that was left at None.
    if (seen_.contains(key) || value.is_null()) continue;
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
                          value.dump(), " (", reason, ")", hint_of(reason)));
}

KERATIN_COMMON_FIELDS(template)

}  // namespace keratin::inline KERATIN_VARIANT
