#include "prepared_depthwise.hpp"

#include "prepared_conv.hpp"
#include "prepared_separable.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
PreparedDepthwise<Rank>::PreparedDepthwise(PreparedWindows<Rank> windows, const Tensor& kernel,
                                           const Parameter* bias,
                                           const Spec<ActivationFunction>& activation)
    : Linear(static_cast<std::size_t>(windows.filters), bias, activation),
      windows_(std::move(windows)),
      kernel_(kernel) {}

template <std::size_t Rank>
void PreparedDepthwise<Rank>::scale(const std::vector<real>& factors) {
  prepared::scale_axis(factors, 1, kernel_);
}

template <std::size_t Rank>
std::shared_ptr<prepared::Operation> PreparedDepthwise<Rank>::followed_by(
    const std::shared_ptr<Operation>& next) {
  const auto* conv = dynamic_cast<const PreparedConv<Rank>*>(next.get());
  if (!conv || !conv->is_pointwise()) return Linear::followed_by(next);
  auto self = std::static_pointer_cast<PreparedDepthwise>(shared_from_this());
  return std::make_shared<PreparedSeparable<Rank>>(std::move(self), conv->kernel(), conv->bias(),
                                                   conv->ending());
}

template <std::size_t Rank>
void PreparedDepthwise<Rank>::compute(const real* input, real* output,
                                      const kernels::DepthwiseConv2DSizes& s) const {
  // Bounds go to the kernel in float; those that float does not have are applied afterwards.
  const kernels::Clamp clamp{static_cast<float>(ending().low()),
                             static_cast<float>(ending().high())};
  const bool exact = static_cast<real>(clamp.lower) == ending().low() &&
                     static_cast<real>(clamp.upper) == ending().high();
  kernels::depthwise_conv2d(input, kernel_.data(), bias().data(), output, s,
                            exact ? clamp : kernels::Clamp{});
  if (exact && !ending().has_function()) return;
  ending().apply(output,
                 {static_cast<Dim>(s.batch), static_cast<Dim>(s.out_height),
                  static_cast<Dim>(s.out_width), static_cast<Dim>(s.channels * s.multiplier)});
}

template <std::size_t Rank>
std::optional<prepared::Bound> PreparedDepthwise<Rank>::bind(const Shapes& inputs) const {
  prepared::Bound bound{windows_.output(inputs[0]).shape(DataFormat::channels_last)};
  bound.run = [this, s = sizes(inputs[0])](const real* const* x, real* y) { compute(x[0], y, s); };
  return bound;
}

template class PreparedDepthwise<1>;
template class PreparedDepthwise<2>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
