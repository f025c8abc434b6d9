#include "parameter.hpp"

#include "base/error.hpp"

namespace keratin::inline KERATIN_VARIANT {

void Parameter::assign(Tensor value) {
  if (value.shape() != value_.shape()) {
    throw ShapeError(
        concat("The shape of the target variable and the shape of the target value in",
               " `variable.assign(value)` must match. variable.shape=", shape_of(value_),
               ", Received: value.shape=", shape_of(value), ". Target variable: ", path_));
  }
  value_ = std::move(value);
  ++version_;
}

}  // namespace keratin::inline KERATIN_VARIANT
