#include "zero_padding.hpp"

#include "../../framework/fields_impl.hpp"
#include "prepared_padding.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
void ZeroPaddingOptions<Rank>::describe(Fields& fields) {
  fields("padding", padding)("data_format", data_format);
}

template <std::size_t Rank>
ZeroPaddingLayer<Rank>::ZeroPaddingLayer(ZeroPaddingOptions<Rank> options, LayerOptions common)
    : Base(std::move(options), std::move(common)) {
  options_.padding.check(*this, "padding");
  this->set_input_spec({.ndim = Rank + 2});
}

template <std::size_t Rank>
Shape ZeroPaddingLayer<Rank>::compute_output_shape(const Shape& input) const {
  this->check_inputs(Shapes{input});
  return with_margins(input, options_.padding, 1, options_.data_format);
}

template <std::size_t Rank>
Tensor ZeroPaddingLayer<Rank>::forward(const Tensor& input, Context& /*context*/) const {
  return add_margins(input, options_.padding, options_.data_format);
}

template <std::size_t Rank>
Tensor ZeroPaddingLayer<Rank>::backward(Tensor gradient, Context& context) const {
  if (!context.wants_input_gradient()) return {};
  return cut_margins(gradient, options_.padding, options_.data_format);
}

template <std::size_t Rank>
std::shared_ptr<prepared::Operation> ZeroPaddingLayer<Rank>::prepare(
    const Shapes& /*inputs*/) const {
  if (options_.data_format == DataFormat::channels_first) return nullptr;
  return std::make_shared<PreparedPadding<Rank>>(options_.padding);
}

template struct ZeroPaddingOptions<1>;
template struct ZeroPaddingOptions<2>;
template struct ZeroPaddingOptions<3>;
template class ZeroPaddingLayer<1>;
template class ZeroPaddingLayer<2>;
template class ZeroPaddingLayer<3>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
