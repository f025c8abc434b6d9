#include "pooling.hpp"

#include "../../framework/fields_impl.hpp"
#include "../../framework/prepared/operation.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

template <Pooled How>
void pool(const real* input, real* output, const kernels::PoolSizes& sizes) {
  if constexpr (How == Pooled::maximum) {
    kernels::max_pool_forward(input, output, sizes);
  } else {
    kernels::average_pool_forward(input, output, sizes);
  }
}

}  // namespace

template <std::size_t Rank, Pooled How>
void PoolingOptions<Rank, How>::describe(Fields& fields) {
  fields("pool_size", pool_size)("padding", padding)("strides", strides)("data_format",
                                                                         data_format);
}

template <std::size_t Rank, Pooled How>
PoolingLayer<Rank, How>::PoolingLayer(PoolingOptions<Rank, How> options, LayerOptions common)
    : Base(std::move(options), std::move(common)) {
  check_extent(*this, "pool_size", options_.pool_size);
  if (!options_.strides) options_.strides = options_.pool_size;
  check_extent(*this, "strides", *options_.strides);
  check_padding(*this, options_.padding);
  this->set_input_spec({.ndim = Rank + 2});
}

template <std::size_t Rank, Pooled How>
SpatialShape<Rank> PoolingLayer<Rank, How>::output_shape(const Shape& input) const {
  this->check_inputs(Shapes{input});
  SpatialShape<Rank> shape(input, options_.data_format);
  for (std::size_t i = 0; i < Rank; ++i) {
    if (shape.size[i] == unknown) continue;
    shape.size[i] =
        nn::conv_output_length(shape.size[i], options_.pool_size[i],
                               window_padding(options_.padding), (*options_.strides)[i]);
    if (shape.size[i] > 0) continue;
    throw ShapeError(concat(this->label(), ": Computed output size would be zero or negative. ",
                            "Received: `inputs.shape=", tuple_text(input),
                            "` and `pool_size=", options_.pool_size.values(), "`."));
  }
  return shape;
}

template <std::size_t Rank, Pooled How>
Shape PoolingLayer<Rank, How>::compute_output_shape(const Shape& input) const {
  return output_shape(input).shape(options_.data_format);
}

template <std::size_t Rank, Pooled How>
kernels::PoolSizes PoolingLayer<Rank, How>::sizes(const Shape& input) const {
  const SpatialShape<Rank> in(input, options_.data_format), out = output_shape(input);
  std::array<Dim, Rank> pads;
  for (std::size_t i = 0; i < Rank; ++i) {
    pads[i] = nn::pad_before(in.size[i], options_.pool_size[i], window_padding(options_.padding),
                             (*options_.strides)[i]);
  }
  return {.batch = static_cast<std::size_t>(in.batch),
          .in = three_axes(in.size),
          .out = three_axes(out.size),
          .pool = three_axes(options_.pool_size.values()),
          .stride = three_axes(options_.strides->values()),
          .pad_before = three_axes(pads, 0),
          .channels = static_cast<std::size_t>(in.channels)};
}

template <std::size_t Rank, Pooled How>
Tensor PoolingLayer<Rank, How>::forward(const Tensor& input, Context& /*context*/) const {
  const DataFormat format = options_.data_format;
  const kernels::PoolSizes s = sizes(shape_of(input));
  const ChannelsLast x(input, format);
  Tensor output = empty(output_shape(shape_of(input)).shape(DataFormat::channels_last));
  pool<How>(x.data(), output.data(), s);
  return from_channels_last(std::move(output), format);
}

template <std::size_t Rank, Pooled How>
std::shared_ptr<prepared::Operation> PoolingLayer<Rank, How>::prepare(
    const Shapes& /*inputs*/) const {
  if (options_.data_format == DataFormat::channels_first) return nullptr;
  return std::make_shared<prepared::Computation>([this](const Shapes& inputs) {
    prepared::Bound bound{compute_output_shape(inputs[0])};
    bound.run = [s = sizes(inputs[0])](const real* const* x, real* y) { pool<How>(x[0], y, s); };
    return bound;
  });
}

template <std::size_t Rank, Pooled How>
Tensor PoolingLayer<Rank, How>::backward(Tensor gradient, Context& context) const {
  if (!context.wants_input_gradient()) return {};
  const DataFormat format = options_.data_format;
  const Shape input = shape_of(context.input());
  const kernels::PoolSizes s = sizes(input);
  const ChannelsLast dy(gradient, format);
  Tensor dx = empty(SpatialShape<Rank>(input, format).shape(DataFormat::channels_last));
  if constexpr (How == Pooled::maximum) {
    kernels::max_pool_backward(ChannelsLast(context.input(), format).data(), dy.data(), dx.data(),
                               s);
  } else {
    kernels::average_pool_backward(dy.data(), dx.data(), s);
  }
  return from_channels_last(std::move(dx), format);
}

#define KERATIN_INSTANTIATE(Rank)                        \
  template struct PoolingOptions<Rank, Pooled::maximum>; \
  template struct PoolingOptions<Rank, Pooled::average>; \
  template class PoolingLayer<Rank, Pooled::maximum>;    \
  template class PoolingLayer<Rank, Pooled::average>;
KERATIN_INSTANTIATE(1)
KERATIN_INSTANTIATE(2)
KERATIN_INSTANTIATE(3)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::inline KERATIN_VARIANT::layers
