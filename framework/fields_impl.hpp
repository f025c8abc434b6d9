#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include "axes.hpp"
#include "base/error.hpp"
#include "extent.hpp"
#include "fields.hpp"
#include "serialization.hpp"
#include "shape_json.hpp"
#include "spec.hpp"

namespace keratin::inline KERATIN_VARIANT {

template <std::size_t Rank>
void to_json(Json& json, const Extent<Rank>& extent) {
  json = Json::array();
  for (const Dim value : extent) json.push_back(value);
}

template <std::size_t Rank>
void from_json(const Json& json, Extent<Rank>& extent) {
  if (json.is_number()) {
    extent = json.get<Dim>();
  } else {
    if (json.size() != Rank) throw ValueError(concat("expected ", Rank, " integers"));
    extent = Extent<Rank>(json.get<std::array<Dim, Rank>>());
  }
}

template <std::size_t Rank>
void to_json(Json& json, const OptionalExtent<Rank>& extent) {
  json = Json(nullptr);
  if (extent) to_json(json, *extent);
}

template <std::size_t Rank>
void from_json(const Json& json, OptionalExtent<Rank>& extent) {
  extent.reset();
  if (!json.is_null()) from_json(json, extent.emplace());
}

inline void to_json(Json& json, const Padding& padding) { json = padding.name(); }
inline void from_json(const Json& json, Padding& padding) { padding = json.get<std::string>(); }

inline void to_json(Json& json, const DataFormat& format) { json = format.name(); }
inline void from_json(const Json& json, DataFormat& format) {
  // Keras leaves None where the default format holds.
  format = json.is_null() ? image_data_format() : DataFormat(json.get<std::string>());
}

class ActivationFunction;

template <class T>
void to_json(Json& json, const Spec<T>& spec) {
  // No activation is the linear one.
  json = std::is_same_v<T, ActivationFunction> ? Json("linear") : Json(nullptr);
  if (spec) serialize(*spec, json);
}

template <class T>
void from_json(const Json& json, Spec<T>& spec) {
  spec = json.is_null() ? Spec<T>() : Spec<T>(deserialize<const T>(json));
}

namespace detail {

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

template <class T>
void write_value(Json& json, const T& value) {
  if constexpr (is_optional<T>::value) {
    json = Json(nullptr);
    if (value) json = *value;
  } else {
    json = value;
  }
}

template <class T>
void read_value(const Json& json, T& value) {
  if constexpr (is_optional<T>::value) {
    value.reset();
    if (!json.is_null()) read_value(json, value.emplace());
  } else if constexpr (std::is_same_v<T, bool>) {
    // Old files hold 0 and 1.
    value = json.is_number_integer() ? json.get<int>() != 0 : json.get<bool>();
  } else if constexpr (std::is_integral_v<T>) {
    // nlohmann would silently cut 2.5 to 2; Keras 1 wrote some integers as 2.0.
    if (json.is_number_float() && std::trunc(json.get<double>()) != json.get<double>())
      throw ValueError("expected an integer");
    if (json.is_boolean()) throw ValueError("expected an integer");
    value = json.get<T>();
  } else {
    json.get_to(value);
  }
}

}  // namespace detail

template <class T>
Fields& Fields::operator()(std::string_view key, T& value) {
  const std::string name(key);
  if (out_) {
    detail::write_value((*out_)[name], value);
    return *this;
  }
  seen_.insert(name);
  const auto found = in_->find(name);
  if (found == in_->end()) return *this;
  try {
    detail::read_value(*found, value);
  } catch (const nlohmann::json::exception& error) {
    refuse_field(owner_, key, *found, error.what());
  } catch (const Error& error) {
    refuse_field(owner_, key, *found, error.what());
  }
  return *this;
}

class Constraint;
class Initializer;
class Regularizer;

/// The types that most options have are compiled once, in fields.cpp: each costs a file a second of
/// JSON. `declare` is `extern template`, or `template` to define them.
#define KERATIN_COMMON_FIELDS(declare)                                               \
  declare Fields& Fields::operator()(std::string_view, bool&);                       \
  declare Fields& Fields::operator()(std::string_view, int&);                        \
  declare Fields& Fields::operator()(std::string_view, Dim&);                        \
  declare Fields& Fields::operator()(std::string_view, float&);                      \
  declare Fields& Fields::operator()(std::string_view, double&);                     \
  declare Fields& Fields::operator()(std::string_view, std::string&);                \
  declare Fields& Fields::operator()(std::string_view, std::optional<int>&);         \
  declare Fields& Fields::operator()(std::string_view, std::optional<Dim>&);         \
  declare Fields& Fields::operator()(std::string_view, std::optional<double>&);      \
  declare Fields& Fields::operator()(std::string_view, std::optional<std::string>&); \
  declare Fields& Fields::operator()(std::string_view, std::vector<double>&);        \
  declare Fields& Fields::operator()(std::string_view, Axes&);                       \
  declare Fields& Fields::operator()(std::string_view, Padding&);                    \
  declare Fields& Fields::operator()(std::string_view, DataFormat&);                 \
  declare Fields& Fields::operator()(std::string_view, Extent<1>&);                  \
  declare Fields& Fields::operator()(std::string_view, Extent<2>&);                  \
  declare Fields& Fields::operator()(std::string_view, Extent<3>&);                  \
  declare Fields& Fields::operator()(std::string_view, OptionalExtent<1>&);          \
  declare Fields& Fields::operator()(std::string_view, OptionalExtent<2>&);          \
  declare Fields& Fields::operator()(std::string_view, OptionalExtent<3>&);          \
  declare Fields& Fields::operator()(std::string_view, ShapeJson&);                  \
  declare Fields& Fields::operator()(std::string_view, Spec<ActivationFunction>&);   \
  declare Fields& Fields::operator()(std::string_view, Spec<Constraint>&);           \
  declare Fields& Fields::operator()(std::string_view, Spec<Initializer>&);          \
  declare Fields& Fields::operator()(std::string_view, Spec<Regularizer>&);
KERATIN_COMMON_FIELDS(extern template)

}  // namespace keratin::inline KERATIN_VARIANT
