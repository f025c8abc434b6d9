#pragma once

#include "base/json.hpp"
#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// A number as Python keeps it: files tell 2 from 2.0, so that what was read is written again.
class Number {
 public:
  Number() = default;
  Number(double value) : value_(value) {}
  Number(int value) : value_(value), is_integer_(true) {}
  operator double() const { return value_; }
  bool is_integer() const { return is_integer_; }
  /// Without its sign.
  Number absolute() const { return value_ < 0 ? -*this : *this; }
  Number operator-() const {
    Number negative = *this;
    negative.value_ = -value_;
    return negative;
  }

  friend void to_json(Json& json, const Number& number);
  friend void from_json(const Json& json, Number& number);

 private:
  double value_ = 0;
  bool is_integer_ = false;
};

}  // namespace keratin::inline KERATIN_VARIANT
