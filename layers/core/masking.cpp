#include "masking.hpp"

#include <algorithm>

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// Sets the rows of `tensor` whose mask is 0 to 0.
Tensor masked(Tensor tensor, const Tensor& mask) {
  const auto width = tensor.size() / std::max<std::size_t>(1, mask.size());
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (mask.data()[i] == 0) std::fill_n(tensor.data() + i * width, width, real{0});
  }
  return tensor;
}

}  // namespace

void MaskingOptions::describe(Fields& fields) { fields("mask_value", mask_value); }

MaskingLayer::MaskingLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  set_input_spec({.min_ndim = 2});
}

Tensor MaskingLayer::computed_mask(const Tensor& input) const {
  Shape shape = shape_of(input);
  const auto width = static_cast<std::size_t>(shape.back());
  shape.pop_back();
  const auto value = static_cast<real>(options_.mask_value);
  Tensor mask = empty(shape);
  for (std::size_t i = 0; i < mask.size(); ++i) {
    const real* const row = input.data() + i * width;
    mask.data()[i] = std::all_of(row, row + width, [value](real x) { return x == value; }) ? 0 : 1;
  }
  return mask;
}

Tensor MaskingLayer::forward(const Tensor& input, Context& context) const {
  Tensor mask = computed_mask(input);
  Tensor output = masked(input, mask);
  context.set_output_mask(std::move(mask));
  return output;
}

Tensor MaskingLayer::backward(Tensor gradient, Context& context) const {
  return masked(std::move(gradient), *context.output_mask());
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
