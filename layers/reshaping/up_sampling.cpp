#include "up_sampling.hpp"

#include "../../framework/fields_impl.hpp"
#include "resampled.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
void UpSamplingOptions<Rank>::describe(Fields& fields) {
  fields("size", size)("data_format", data_format);
}

void UpSamplingOptions<1>::describe(Fields& fields) { fields("size", size); }

void UpSamplingOptions<2>::describe(Fields& fields) {
  fields("size", size)("data_format", data_format)("interpolation", interpolation);
}

template <std::size_t Rank>
UpSamplingLayer<Rank>::UpSamplingLayer(UpSamplingOptions<Rank> options, LayerOptions common)
    : Base(std::move(options), std::move(common)) {
  check_extent(*this, "size", Extent<Rank>(options_.size));
  this->set_input_spec({.ndim = Rank + 2});
  if constexpr (Rank == 2)
    interpolation_ = interpolation_named(*this, options_.interpolation, false);
}

template <std::size_t Rank>
DataFormat UpSamplingLayer<Rank>::format() const {
  if constexpr (Rank == 1) {
    return DataFormat::channels_last;
  } else {
    return options_.data_format;
  }
}

template <std::size_t Rank>
Shape UpSamplingLayer<Rank>::compute_output_shape(const Shape& input) const {
  this->check_inputs(Shapes{input});
  SpatialShape<Rank> shape(input, format());
  const Extent<Rank> size = options_.size;
  for (std::size_t i = 0; i < Rank; ++i) {
    if (shape.size[i] != unknown) shape.size[i] *= size[i];
  }
  return shape.shape(format());
}

template <std::size_t Rank>
kernels::Resampling UpSamplingLayer<Rank>::resampling(const Shape& input, std::size_t axis) const {
  const auto length = static_cast<std::size_t>(SpatialShape<Rank>(input, format()).size[axis]);
  return {interpolation_, length,
          length * static_cast<std::size_t>(Extent<Rank>(options_.size)[axis])};
}

template <std::size_t Rank>
std::size_t UpSamplingLayer<Rank>::place(std::size_t axis) const {
  return axis + (format() == DataFormat::channels_first ? 2 : 1);
}

template <std::size_t Rank>
Tensor UpSamplingLayer<Rank>::forward(const Tensor& input, Context& /*context*/) const {
  const Shape shape = shape_of(input);
  // The last axis comes first: the step over the outer axes, whose rows are longest, is the one
  // that has most to write.
  Tensor x = resampled(input, place(Rank - 1), resampling(shape, Rank - 1));
  for (std::size_t axis = Rank - 1; axis-- > 0;)
    x = resampled(x, place(axis), resampling(shape, axis));
  return x;
}

template <std::size_t Rank>
Tensor UpSamplingLayer<Rank>::backward(Tensor gradient, Context& context) const {
  if (!context.wants_input_gradient()) return {};
  const Shape shape = shape_of(context.input());
  for (std::size_t axis = 0; axis < Rank; ++axis)
    gradient = resampled_backward(gradient, place(axis), resampling(shape, axis));
  return gradient;
}

template struct UpSamplingOptions<3>;
template class UpSamplingLayer<1>;
template class UpSamplingLayer<2>;
template class UpSamplingLayer<3>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
