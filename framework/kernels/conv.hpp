#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "gemm.hpp"

namespace keratin::kernels {

/// Sizes of a convolution over (batch, in..., in_channels), channels last, with a kernel
/// (kernel..., in_channels / groups, out_channels). Fewer than three axes: the leading ones are 1.
struct ConvSizes {
  std::size_t batch = 1;
  std::array<std::size_t, 3> in{1, 1, 1};
  std::array<std::size_t, 3> out{1, 1, 1};
  std::array<std::size_t, 3> kernel{1, 1, 1};
  std::array<std::size_t, 3> stride{1, 1, 1};
  std::array<std::size_t, 3> dilation{1, 1, 1};
  std::array<std::size_t, 3> pad_before{0, 0, 0};  ///< zeros before the first input element
  std::size_t in_channels = 1;
  std::size_t out_channels = 1;
  std::size_t groups = 1;  ///< divides both numbers of channels
};

/// A convolution's kernel rearranged once for many forward passes (inference).
template <class T>
class PackedFilter {
 public:
  PackedFilter() = default;
  PackedFilter(const T* kernel, const ConvSizes& sizes);
  const PackedMatrix<T>& group(std::size_t index) const { return groups_[index]; }

 private:
  std::vector<PackedMatrix<T>> groups_;
};

/// output = epilogue(input convolved with kernel); the epilogue's bias has out_channels values.
/// One image gives the same bits alone and in any batch.
template <class T>
void conv_forward(const T* input, const T* kernel, T* output, const ConvSizes& sizes,
                  const Epilogue<T>& epilogue = {});
template <class T>
void conv_forward(const T* input, const PackedFilter<T>& kernel, T* output, const ConvSizes& sizes,
                  const Epilogue<T>& epilogue = {});

/// The gradient to the input (overwritten). It is the transposed convolution too: with a layer's
/// input as `output_gradient` (`sizes.out`, `out_channels`), its output as `input_gradient`
/// (`sizes.in`, `in_channels`), and Keras's Conv*DTranspose kernel (kernel..., filters, channels)
/// as it is; the epilogue's bias has in_channels values. The gradients of a transposed convolution
/// are conv_forward of its output's gradient, and conv_backprop_filter with that gradient as
/// `input` and the layer's input as `output_gradient`, same sizes.
template <class T>
void conv_backprop_input(const T* output_gradient, const T* kernel, T* input_gradient,
                         const ConvSizes& sizes, const Epilogue<T>& epilogue = {});

/// The gradients to the kernel and, unless null, to the bias (out_channels values), overwritten.
template <class T>
void conv_backprop_filter(const T* input, const T* output_gradient, T* kernel_gradient,
                          T* bias_gradient, const ConvSizes& sizes);

}  // namespace keratin::kernels
