#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "../../framework/number.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// An argument that is one number or a list of them: `scale = 1 / 255.0`, `scale = {1, 2, 3}`.
class Numbers {
 public:
  /// None.
  Numbers() : list_(true) {}
  Numbers(Number value) : values_{value} {}
  Numbers(double value) : values_{value} {}
  Numbers(int value) : values_{value} {}
  Numbers(std::initializer_list<Number> values) : values_(values), list_(true) {}
  explicit Numbers(std::vector<Number> values) : values_(std::move(values)), list_(true) {}

  const std::vector<Number>& values() const { return values_; }
  bool is_list() const { return list_; }
  /// As messages print it: "0.5", "(0, 1)".
  std::string text() const;

 private:
  std::vector<Number> values_;
  bool list_ = false;
};

void to_json(Json& json, const Numbers& numbers);
void from_json(const Json& json, Numbers& numbers);

}  // namespace keratin::inline KERATIN_VARIANT::layers
