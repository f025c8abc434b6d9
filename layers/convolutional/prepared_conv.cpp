#include "prepared_conv.hpp"

#include <algorithm>

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
PreparedConv<Rank>::PreparedConv(PreparedWindows<Rank> windows, const Tensor& kernel,
                                 const Parameter* bias, const Spec<ActivationFunction>& activation)
    : Linear(static_cast<std::size_t>(windows.filters), bias, activation),
      windows_(std::move(windows)),
      kernel_(kernel) {}

template <std::size_t Rank>
void PreparedConv<Rank>::scale(const std::vector<real>& factors) {
  prepared::scale_axis(factors, 1, kernel_);
}

template <std::size_t Rank>
void PreparedConv<Rank>::finish() {
  kernels::ConvSizes sizes;
  sizes.kernel = three_axes(windows_.windows.kernel_size.values());
  sizes.groups = static_cast<std::size_t>(windows_.groups);
  sizes.in_channels = kernel_.shape(Rank) * sizes.groups;
  sizes.out_channels = kernel_.shape(Rank + 1);
  packed_ = kernels::PackedFilter<real>(kernel_.data(), sizes);
  kernel_ = Tensor();
}

template <std::size_t Rank>
std::optional<prepared::Bound> PreparedConv<Rank>::bind(const Shapes& inputs) const {
  const kernels::ConvSizes sizes = windows_.conv(inputs[0]);
  const Shape shape = windows_.output(inputs[0]).shape(DataFormat::channels_last);
  prepared::Bound bound{shape};
  if (!adds()) {
    bound.run = [this, sizes, shape](const real* const* x, real* y) {
      kernels::conv_forward(x[0], packed_, y, sizes, epilogue());
      ending().apply_function(y, shape);
    };
    return bound;
  }
  if (inputs[1] != shape) return {};
  bound.in_place = {1};
  bound.run = [this, sizes, shape](const real* const* x, real* y) {
    const std::size_t rows = sizes.batch * sizes.out[0] * sizes.out[1] * sizes.out[2];
    if (x[1] != y) std::copy_n(x[1], rows * sizes.out_channels, y);
    kernels::gemm<real>(kernels::Transpose::no, rows, x[0], sizes.in_channels, packed_.group(0), 1,
                        y, sizes.out_channels, epilogue());
    ending().apply_function(y, shape);
  };
  return bound;
}

template class PreparedConv<1>;
template class PreparedConv<2>;
template class PreparedConv<3>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
