#include "encoding.hpp"

#include "../../framework/base/error.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

Encoding::Encoding(const std::string& name) : value_(multi_hot) {
  if (name == "one_hot") {
    value_ = one_hot;
  } else if (name == "count") {
    value_ = count;
  } else if (name != "multi_hot") {
    throw ValueError(concat("Unknown arg for output_mode: ", name,
                            ". Allowed: 'count', 'one_hot', 'multi_hot'"));
  }
}

const char* Encoding::name() const {
  return value_ == multi_hot ? "multi_hot" : value_ == one_hot ? "one_hot" : "count";
}

Shape Encoding::output_shape(const Shape& input, Dim depth) const {
  Shape output = input;
  if (!output.empty() && (value_ != one_hot || output.back() == 1)) output.pop_back();
  output.push_back(depth);
  return output;
}

Tensor Encoding::encode(const Tensor& indices, Dim depth, const Tensor* weights) const {
  const Shape shape = shape_of(indices);
  Tensor output = zeros(output_shape(shape, depth));
  const auto width = static_cast<std::size_t>(depth);
  const std::size_t per_row =
      value_ == one_hot || shape.empty() ? 1 : static_cast<std::size_t>(shape.back());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (indices.data()[i] < 0) continue;
    real& place = output.data()[i / per_row * width + static_cast<std::size_t>(indices.data()[i])];
    if (value_ == count) {
      place += weights ? weights->data()[i] : real{1};
    } else {
      place = 1;
    }
  }
  return output;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
