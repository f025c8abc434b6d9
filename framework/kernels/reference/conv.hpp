#pragma once

#include "../conv.hpp"

namespace keratin::kernels::reference {

/// The functions of kernels/conv.hpp, one multiplication at a time, summed in double: what those
/// are tested against.
template <class T>
void conv_forward(const T* input, const T* kernel, T* output, const ConvSizes& sizes,
                  const Epilogue<T>& epilogue = {});
template <class T>
void conv_backprop_input(const T* output_gradient, const T* kernel, T* input_gradient,
                         const ConvSizes& sizes, const Epilogue<T>& epilogue = {});
template <class T>
void conv_backprop_filter(const T* input, const T* output_gradient, T* kernel_gradient,
                          T* bias_gradient, const ConvSizes& sizes);

}  // namespace keratin::kernels::reference
