#pragma once

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/base/json.hpp"
#include "../../framework/tensor.hpp"
#include "paths.hpp"

namespace keratin::inline KERATIN_VARIANT::testing {

/// The JSON file `name` below tests/data.
inline Json golden_json(const std::string& name) {
  std::ifstream file(paths::data(name));
  if (!file) throw FileError(concat("cannot open test data ", name));
  return Json::parse(file);
}

inline void append_numbers(const Json& json, std::vector<double>& numbers) {
  if (!json.is_array()) {
    numbers.push_back(json.get<double>());
  } else {
    for (const auto& element : json) append_numbers(element, numbers);
  }
}

/// The numbers in nested lists, in order.
inline std::vector<double> numbers(const Json& json) {
  std::vector<double> result;
  append_numbers(json, result);
  return result;
}

/// A tensor from nested lists.
inline Tensor tensor_of(const Json& json) {
  Shape shape;
  for (const Json* level = &json; level->is_array(); level = &level->front()) {
    shape.push_back(static_cast<Dim>(level->size()));
    if (level->empty()) break;
  }
  Tensor tensor = empty(shape);
  const auto values = numbers(json);
  for (std::size_t i = 0; i < values.size(); ++i) tensor.data()[i] = static_cast<real>(values[i]);
  return tensor;
}

/// A tensor of `shape` from a flat list.
inline Tensor tensor_of(const Json& json, const Shape& shape) {
  return reshaped(tensor_of(json), shape);
}

/// The largest |actual - expected| in units of `tolerance` (relative to the largest expected
/// magnitude, and at least absolute): at most 1 is right.
template <class Actual>
double error_in(double tolerance, const Actual& actual, const std::vector<double>& expected) {
  if (actual.size() != expected.size()) return 1e300;
  double magnitude = 0, worst = 0;
  for (const double value : expected) magnitude = std::max(magnitude, std::abs(value));
  auto it = actual.begin();
  for (const double value : expected) {
    const double difference = std::abs(static_cast<double>(*it++) - value);
    // Not max(): a NaN must not pass.
    if (!(difference <= worst)) worst = difference;
  }
  return worst / (tolerance * std::max(magnitude, 1e-3));
}

/// 1e-5 for float, 1e-9 for double.
inline constexpr double golden_tolerance = sizeof(real) == 4 ? 1e-5 : 1e-9;

}  // namespace keratin::inline KERATIN_VARIANT::testing
