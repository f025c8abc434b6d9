#include "gated_cell.hpp"

#include <algorithm>

#include "../regularization/noise_layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void GatedCell::set_forget_bias(const Spec<Initializer>& initializer, Dim units) {
  if (!bias_) return;
  const auto values = [&](Dim count) {
    return initializer ? (*initializer)({count}) : zeros({count});
  };
  const Tensor input = values(units), others = values(2 * units);
  real* const bias = bias_->mutable_value().data();
  std::copy_n(input.data(), units, bias);
  std::fill_n(bias + units, units, real{1});
  std::copy_n(others.data(), 2 * units, bias + 2 * units);
}

DropoutMasks GatedCell::draw(const GateDropout& dropout, std::uint64_t seed, const Shape& x,
                             const Shape& h, const Context& context) {
  DropoutMasks masks;
  if (!context.training()) return masks;
  const auto drawn = [&](double rate, Shape shape, std::uint64_t own_seed) {
    shape.insert(shape.begin(), static_cast<Dim>(dropout.masks));
    return keep_scales(shape, rate, context.random(own_seed));
  };
  if (dropout.input > 0) masks.input = drawn(dropout.input, x, seed);
  if (dropout.recurrent > 0) masks.recurrent = drawn(dropout.recurrent, h, ~seed);
  return masks;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
