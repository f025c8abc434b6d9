#include "cropping.hpp"

#include "../../framework/fields_impl.hpp"
#include "../../framework/spatial.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
void CroppingOptions<Rank>::describe(Fields& fields) {
  fields("cropping", cropping)("data_format", data_format);
}

void CroppingOptions<1>::describe(Fields& fields) { fields("cropping", cropping); }

template <std::size_t Rank>
CroppingLayer<Rank>::CroppingLayer(CroppingOptions<Rank> options, LayerOptions common)
    : Base(std::move(options), std::move(common)) {
  options_.cropping.check(*this, "cropping");
  this->set_input_spec({.ndim = Rank + 2});
}

template <std::size_t Rank>
DataFormat CroppingLayer<Rank>::format() const {
  if constexpr (Rank == 1) {
    return DataFormat::channels_last;
  } else {
    return options_.data_format;
  }
}

template <std::size_t Rank>
Shape CroppingLayer<Rank>::compute_output_shape(const Shape& input) const {
  this->check_inputs(Shapes{input});
  const SpatialShape<Rank> in(input, format());
  for (std::size_t i = 0; i < Rank; ++i) {
    const Dim cut = options_.cropping[i].before + options_.cropping[i].after;
    if (in.size[i] == unknown || cut < in.size[i]) continue;
    throw ShapeError(concat(
        this->label(), ": Values in `cropping` argument should be smaller than the ",
        "corresponding spatial dimension of the input. Received: input_shape=", tuple_text(input),
        ", cropping=", options_.cropping.text()));
  }
  return with_margins(input, options_.cropping, -1, format());
}

template <std::size_t Rank>
Tensor CroppingLayer<Rank>::forward(const Tensor& input, Context& /*context*/) const {
  compute_output_shape(shape_of(input));  // refuses what is too small
  return cut_margins(input, options_.cropping, format());
}

template <std::size_t Rank>
Tensor CroppingLayer<Rank>::backward(Tensor gradient, Context& context) const {
  if (!context.wants_input_gradient()) return {};
  return add_margins(gradient, options_.cropping, format());
}

template struct CroppingOptions<2>;
template struct CroppingOptions<3>;
template class CroppingLayer<1>;
template class CroppingLayer<2>;
template class CroppingLayer<3>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
