#include "locally_connected.hpp"

#include <vector>

#include "../../framework/fields_impl.hpp"
#include "../../framework/kernels/elementwise.hpp"
#include "../../framework/kernels/gemm.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

using kernels::gemm;
using kernels::Transpose;

/// Where the elements of patches lie: an image's element at `starts[place] + offsets[i]` is element
/// i of the patch of a place.
template <std::size_t Rank>
struct LocallyConnectedLayer<Rank>::Patches {
  std::size_t batch, image, filters;
  std::vector<std::size_t> starts, offsets;

  Patches(const LocallyConnectedOptions<Rank>& options, const SpatialShape<Rank>& in,
          const SpatialShape<Rank>& out)
      : batch(static_cast<std::size_t>(in.batch)),
        image(in.pixels() * static_cast<std::size_t>(in.channels)),
        filters(static_cast<std::size_t>(options.filters)) {
    const bool first = options.data_format == DataFormat::channels_first;
    const auto channels = static_cast<std::size_t>(in.channels);
    const std::size_t pixel_step = first ? 1 : channels, channel_step = first ? in.pixels() : 1;
    std::vector<std::size_t> taps = {0};
    starts = {0};
    std::size_t step = pixel_step;
    // From the last axis to the first, whose places vary slowest.
    for (std::size_t axis = Rank; axis-- > 0;) {
      taps = extended(taps, options.kernel_size[axis], step);
      starts =
          extended(starts, out.size[axis], step * static_cast<std::size_t>(options.strides[axis]));
      step *= static_cast<std::size_t>(in.size[axis]);
    }
    if (first) {
      offsets = extended(taps, in.channels, channel_step);
    } else {
      for (const std::size_t tap : taps) {
        for (std::size_t c = 0; c < channels; ++c) offsets.push_back(tap + c);
      }
    }
  }

  /// Each of `count` steps followed by all of `inner`.
  static std::vector<std::size_t> extended(const std::vector<std::size_t>& inner, Dim count,
                                           std::size_t step) {
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      for (const std::size_t offset : inner) all.push_back(i * step + offset);
    }
    return all;
  }
  std::size_t places() const { return starts.size(); }
  std::size_t size() const { return offsets.size(); }

  /// The patches of one place, a row for each image.
  void gather(const real* x, std::size_t place, real* rows) const {
    for (std::size_t b = 0; b < batch; ++b) {
      for (std::size_t i = 0; i < size(); ++i)
        rows[b * size() + i] = x[b * image + starts[place] + offsets[i]];
    }
  }
  void scatter_add(const real* rows, std::size_t place, real* x) const {
    for (std::size_t b = 0; b < batch; ++b) {
      for (std::size_t i = 0; i < size(); ++i)
        x[b * image + starts[place] + offsets[i]] += rows[b * size() + i];
    }
  }
};

template <std::size_t Rank>
void LocallyConnectedOptions<Rank>::describe(Fields& fields) {
  fields("filters", filters)("kernel_size", kernel_size)("strides", strides)("padding", padding)(
      "data_format", data_format)("activation", activation)("use_bias", use_bias)(
      "kernel_initializer", kernel_initializer)("bias_initializer", bias_initializer)(
      "kernel_regularizer", kernel_regularizer)("bias_regularizer", bias_regularizer)
      .activity_regularizer()("kernel_constraint", kernel_constraint)("bias_constraint",
                                                                      bias_constraint);
}

template <std::size_t Rank>
LocallyConnectedLayer<Rank>::LocallyConnectedLayer(LocallyConnectedOptions<Rank> options,
                                                   LayerOptions common)
    : Base(std::move(options), std::move(common)) {
  if (options_.filters < 1) {
    this->refuse("Invalid value for argument `filters`. Expected a strictly positive value. ",
                 "Received filters=", options_.filters, ".");
  }
  check_extent(*this, "kernel_size", options_.kernel_size);
  check_extent(*this, "strides", options_.strides);
  if (options_.padding != Padding::valid) {
    this->refuse("Invalid border mode for LocallyConnected (only \"valid\" is supported): ",
                 options_.padding.name());
  }
  this->set_input_spec({.ndim = Rank + 2});
}

template <std::size_t Rank>
SpatialShape<Rank> LocallyConnectedLayer<Rank>::output_shape(const Shape& input) const {
  this->check_inputs(Shapes{input});
  SpatialShape<Rank> shape(input, options_.data_format);
  for (std::size_t axis = 0; axis < Rank; ++axis) {
    shape.size[axis] = nn::conv_output_length(shape.size[axis], options_.kernel_size[axis],
                                              nn::WindowPadding::valid, options_.strides[axis]);
    if (shape.size[axis] != unknown && shape.size[axis] < 1) {
      throw ShapeError(concat(this->label(), ": the kernel is larger than the input. Received: ",
                              "input_shape=", tuple_text(input),
                              ", kernel_size=", options_.kernel_size.values()));
    }
  }
  shape.channels = options_.filters;
  return shape;
}

template <std::size_t Rank>
void LocallyConnectedLayer<Rank>::build_weights(const Shape& input) {
  const SpatialShape<Rank> in(input, options_.data_format), out = output_shape(input);
  Shape kernel = {1, in.channels, options_.filters}, bias;
  for (std::size_t axis = 0; axis < Rank; ++axis) {
    if (in.size[axis] == unknown || in.channels == unknown) {
      this->refuse("The spatial dimensions of the inputs to a LocallyConnected", Rank,
                   "D layer should be fully-defined, but layer received an input shape of ",
                   tuple_text(input));
    }
    kernel[0] *= out.size[axis];
    kernel[1] *= options_.kernel_size[axis];
    bias.push_back(out.size[axis]);
  }
  bias.push_back(options_.filters);
  kernel_ = &this->add_weight({.name = "kernel",
                               .shape = kernel,
                               .initializer = options_.kernel_initializer,
                               .regularizer = options_.kernel_regularizer,
                               .constraint = options_.kernel_constraint});
  if (options_.use_bias) {
    bias_ = &this->add_weight({.name = "bias",
                               .shape = bias,
                               .initializer = options_.bias_initializer,
                               .regularizer = options_.bias_regularizer,
                               .constraint = options_.bias_constraint});
  }
  InputSpec spec{.ndim = Rank + 2};
  for (std::size_t axis = 1; axis < input.size(); ++axis)
    spec.axes.emplace_back(static_cast<int>(axis), input[axis]);
  this->set_input_spec(std::move(spec));
}

template <std::size_t Rank>
Shape LocallyConnectedLayer<Rank>::compute_output_shape(const Shape& input) const {
  return output_shape(input).shape(options_.data_format);
}

template <std::size_t Rank>
Tensor LocallyConnectedLayer<Rank>::forward(const Tensor& input, Context& context) const {
  const Shape shape = shape_of(input);
  const SpatialShape<Rank> out = output_shape(shape);
  const Patches patches(options_, SpatialShape<Rank>(shape, options_.data_format), out);
  Tensor output = empty(out.shape(DataFormat::channels_last));
  std::vector<real> rows(patches.batch * patches.size());
  const std::size_t row = patches.places() * patches.filters;
  for (std::size_t place = 0; place < patches.places(); ++place) {
    patches.gather(input.data(), place, rows.data());
    gemm<real>(Transpose::no, Transpose::no, patches.batch, patches.filters, patches.size(),
               rows.data(), patches.size(),
               kernel_->value().data() + place * patches.size() * patches.filters, patches.filters,
               0, output.data() + place * patches.filters, row);
  }
  if (bias_) kernels::add_bias<real>(patches.batch, row, bias_->value().data(), output.data());
  return activate(options_.activation, from_channels_last(std::move(output), options_.data_format),
                  context);
}

template <std::size_t Rank>
Tensor LocallyConnectedLayer<Rank>::backward(Tensor gradient, Context& context) const {
  gradient = activation_gradient(options_.activation, std::move(gradient), context);
  const Tensor& input = context.input();
  const Shape shape = shape_of(input);
  const Patches patches(options_, SpatialShape<Rank>(shape, options_.data_format),
                        output_shape(shape));
  const ChannelsLast last(gradient, options_.data_format);
  const std::size_t row = patches.places() * patches.filters;
  if (bias_ && context.wants(*bias_)) {
    Tensor sums = empty(shape_of(bias_->value()));
    kernels::column_sums<real>(patches.batch, row, last.data(), sums.data());
    context.add_gradient(*bias_, std::move(sums));
  }
  Tensor kernel_gradient = empty(shape_of(kernel_->value()));
  Tensor input_gradient = context.wants_input_gradient() ? zeros(shape) : Tensor();
  std::vector<real> rows(patches.batch * patches.size());
  for (std::size_t place = 0; place < patches.places(); ++place) {
    const std::size_t at = place * patches.size() * patches.filters;
    const real* const dy = last.data() + place * patches.filters;
    if (context.wants(*kernel_)) {
      patches.gather(input.data(), place, rows.data());
      gemm<real>(Transpose::yes, Transpose::no, patches.size(), patches.filters, patches.batch,
                 rows.data(), patches.size(), dy, row, 0, kernel_gradient.data() + at,
                 patches.filters);
    }
    if (context.wants_input_gradient()) {
      gemm<real>(Transpose::no, Transpose::yes, patches.batch, patches.size(), patches.filters, dy,
                 row, kernel_->value().data() + at, patches.filters, 0, rows.data(),
                 patches.size());
      patches.scatter_add(rows.data(), place, input_gradient.data());
    }
  }
  context.add_gradient(*kernel_, std::move(kernel_gradient));
  return input_gradient;
}

template struct LocallyConnectedOptions<1>;
template struct LocallyConnectedOptions<2>;
template class LocallyConnectedLayer<1>;
template class LocallyConnectedLayer<2>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
