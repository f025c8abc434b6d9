#include "random.hpp"

#include "../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::initializers {

void RandomNormalOptions::describe(Fields& fields) {
  fields("seed", seed)("mean", mean)("stddev", stddev);
}

void RandomUniformOptions::describe(Fields& fields) {
  fields("seed", seed)("minval", minval)("maxval", maxval);
}

Tensor RandomNormal::operator()(const Shape& shape) const {
  Tensor values = empty(shape);
  random().fill_normal(values.data(), values.size(), options_.mean, options_.stddev);
  return values;
}

Tensor TruncatedNormal::operator()(const Shape& shape) const {
  Tensor values = empty(shape);
  random().fill_truncated_normal(values.data(), values.size(), options_.mean, options_.stddev);
  return values;
}

Tensor RandomUniform::operator()(const Shape& shape) const {
  Tensor values = empty(shape);
  random().fill_uniform(values.data(), values.size(), options_.minval, options_.maxval);
  return values;
}

}  // namespace keratin::inline KERATIN_VARIANT::initializers
