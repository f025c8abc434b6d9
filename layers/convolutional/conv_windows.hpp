#pragma once

#include "../../framework/activation.hpp"
#include "../../framework/kernels/conv.hpp"
#include "../../framework/spatial.hpp"

// What the convolution layers share.
namespace keratin::inline KERATIN_VARIANT::layers {

/// The windows that a convolution looks through.
template <std::size_t Rank>
struct ConvWindows {
  Extent<Rank> kernel_size, strides, dilation_rate;
  Padding padding;
};

/// The windows of a layer with these options.
template <std::size_t Rank, template <std::size_t> class Options>
ConvWindows<Rank> windows_of(const Options<Rank>& options) {
  return {options.kernel_size, options.strides, options.dilation_rate, options.padding};
}

/// Refuses arguments out of range.
template <std::size_t Rank>
void check_windows(const Layer& layer, const ConvWindows<Rank>& windows, bool causal_allowed);
/// Refuses `value` of `argument` unless it is positive.
void check_positive(const Layer& layer, std::string_view argument, Dim value);
/// Refuses strides together with dilation, which Keras leaves undefined for some layers.
template <std::size_t Rank>
void check_strides_or_dilation(const Layer& layer, const ConvWindows<Rank>& windows);

/// The shape of the output with `filters` channels; unknown sizes stay unknown. `kernel_channels`
/// are the kernel's last two sizes. Throws ShapeError where no window fits into `input`.
template <std::size_t Rank>
SpatialShape<Rank> conv_output_shape(const Layer& layer, const ConvWindows<Rank>& windows,
                                     const Shape& input, DataFormat format,
                                     std::array<Dim, 2> kernel_channels, Dim filters);

/// (kernel_size..., channels...)
template <std::size_t Rank>
Shape kernel_shape(const Extent<Rank>& kernel_size, std::array<Dim, 2> channels);

/// What the kernels are told.
template <std::size_t Rank>
kernels::ConvSizes conv_sizes(const ConvWindows<Rank>& windows, const SpatialShape<Rank>& in,
                              const SpatialShape<Rank>& out, Dim groups);

/// The end of a layer's forward pass: the bias, and relu or relu6, are left to the kernel that
/// makes the output; finish() does what remains.
class FusedEnd {
 public:
  FusedEnd(const Parameter* bias, const Spec<ActivationFunction>& activation);
  const kernels::Epilogue<real>& epilogue() const { return epilogue_; }
  Tensor finish(Tensor output, Context& context) const;

 private:
  const Spec<ActivationFunction>& activation_;
  kernels::Epilogue<real> epilogue_;
  bool fused_ = false;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
