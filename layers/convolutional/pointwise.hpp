#pragma once

#include "../../framework/extent.hpp"
#include "../../framework/kernels/gemm.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

// A product over the channels at every place of a series, an image or a volume. The kernel is
// (1..., channels, filters); inputs and outputs are in `format`.

/// output = epilogue(input · kernel); the epilogue's bias has one value per filter.
void pointwise(const Tensor& input, const Tensor& kernel, Tensor& output, DataFormat format,
               const kernels::Epilogue<real>& epilogue);
/// The gradient to the input, which has shape `input`.
Tensor pointwise_input_gradient(const Tensor& gradient, const Tensor& kernel, const Shape& input,
                                DataFormat format);
/// The gradient to `kernel`.
Tensor pointwise_kernel_gradient(const Tensor& input, const Tensor& gradient, const Tensor& kernel,
                                 DataFormat format);

}  // namespace keratin::inline KERATIN_VARIANT::layers
