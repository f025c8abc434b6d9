#include "constant.hpp"

#include <algorithm>

#include "../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::initializers {

void ConstantOptions::describe(Fields& fields) { fields("value", value); }

void IdentityOptions::describe(Fields& fields) {
  // Keras writes an empty config, which loses any other gain; that one we write.
  if (fields.reading() || gain != 1.0) fields("gain", gain);
}

Tensor Identity::operator()(const Shape& shape) const {
  if (shape.size() != 2) {
    throw ValueError(concat("Identity matrix initializer can only be used for 2D matrices.",
                            " Received: shape=", shape, " of rank ", shape.size(), "."));
  }
  Tensor matrix = zeros(shape);
  const auto gain = static_cast<real>(options_.gain);
  for (Dim i = 0; i < std::min(shape[0], shape[1]); ++i) matrix.data()[i * shape[1] + i] = gain;
  return matrix;
}

}  // namespace keratin::inline KERATIN_VARIANT::initializers
