#include "permute.hpp"

#include <algorithm>

#include "../../framework/axes_last.hpp"
#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void PermuteOptions::describe(Fields& fields) { fields("dims", dims); }

PermuteLayer::PermuteLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  std::vector<Dim> sorted = options_.dims;
  std::ranges::sort(sorted);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i] != static_cast<Dim>(i + 1)) {
      refuse("Invalid permutation argument `dims` for Permute Layer. The set of indices in `dims` ",
             "must be consecutive and start from 1. Received dims=", options_.dims);
    }
  }
  order_.push_back(0);
  for (const Dim axis : options_.dims) order_.push_back(static_cast<std::size_t>(axis));
  inverse_.resize(order_.size());
  for (std::size_t i = 0; i < order_.size(); ++i) inverse_[order_[i]] = i;
  set_input_spec({.ndim = order_.size()});
}

Shape PermuteLayer::compute_output_shape(const Shape& input) const {
  Shape output;
  for (const std::size_t axis : order_) output.push_back(input[axis]);
  return output;
}

Tensor PermuteLayer::forward(const Tensor& input, Context& /*context*/) const {
  return permuted(input, order_);
}

Tensor PermuteLayer::backward(Tensor gradient, Context& /*context*/) const {
  return permuted(gradient, inverse_);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
