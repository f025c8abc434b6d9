#include "up_sampling.hpp"

#include <algorithm>
#include <cctype>

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

using kernels::Interpolation;
using kernels::Resampling;

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
  if constexpr (Rank == 2) {
    std::string& name = options_.interpolation;
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::array<std::pair<const char*, Interpolation>, 5> names{
        {{"nearest", Interpolation::nearest},
         {"bilinear", Interpolation::bilinear},
         {"bicubic", Interpolation::bicubic},
         {"lanczos3", Interpolation::lanczos3},
         {"lanczos5", Interpolation::lanczos5}}};
    const auto found =
        std::ranges::find_if(names, [&](const auto& entry) { return entry.first == name; });
    if (found == names.end()) {
      this->refuse("The `interpolation` argument must be one of {'nearest', 'bilinear', ",
                   "'bicubic', 'lanczos3', 'lanczos5'}. Received: interpolation=", name);
    }
    interpolation_ = found->second;
  }
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

/// Axes are lengthened one after the other. The last one comes first: the step over the outer axes,
/// whose rows are longest, is the one that has most to write.
template <std::size_t Rank>
struct UpSamplingLayer<Rank>::Pass {
  Shape in, out;
  std::size_t outer = 1, inner = 1;
  Resampling resampling;
};

template <std::size_t Rank>
typename UpSamplingLayer<Rank>::Pass UpSamplingLayer<Rank>::pass(const Shape& input,
                                                                 std::size_t axis) const {
  const Extent<Rank> size = options_.size;
  SpatialShape<Rank> shape(input, format());
  for (std::size_t i = axis + 1; i < Rank; ++i) shape.size[i] *= size[i];
  const Shape in = shape.shape(format());
  const Dim length = shape.size[axis];
  shape.size[axis] *= size[axis];
  Pass pass{in, shape.shape(format()), 1, 1,
            Resampling(interpolation_, static_cast<std::size_t>(length),
                       static_cast<std::size_t>(shape.size[axis]))};
  const std::size_t place = axis + (format() == DataFormat::channels_first ? 2 : 1);
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (i < place) pass.outer *= static_cast<std::size_t>(in[i]);
    if (i > place) pass.inner *= static_cast<std::size_t>(in[i]);
  }
  return pass;
}

template <std::size_t Rank>
Tensor UpSamplingLayer<Rank>::forward(const Tensor& input, Context& /*context*/) const {
  const Shape shape = shape_of(input);
  Tensor x;
  for (std::size_t axis = Rank; axis-- > 0;) {
    const Pass step = pass(shape, axis);
    Tensor y = empty(step.out);
    kernels::resample(step.resampling, step.outer, step.inner,
                      axis + 1 == Rank ? input.data() : x.data(), y.data());
    x = std::move(y);
  }
  return x;
}

template <std::size_t Rank>
Tensor UpSamplingLayer<Rank>::backward(Tensor gradient, Context& context) const {
  if (!context.wants_input_gradient()) return {};
  for (std::size_t axis = 0; axis < Rank; ++axis) {
    const Pass step = pass(shape_of(context.input()), axis);
    Tensor dx = empty(step.in);
    kernels::resample_backward(step.resampling, step.outer, step.inner, gradient.data(), dx.data());
    gradient = std::move(dx);
  }
  return gradient;
}

template struct UpSamplingOptions<3>;
template class UpSamplingLayer<1>;
template class UpSamplingLayer<2>;
template class UpSamplingLayer<3>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
