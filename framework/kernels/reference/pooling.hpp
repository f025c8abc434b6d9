#pragma once

#include "../pooling.hpp"

namespace keratin::kernels::reference {

/// The functions of kernels/pooling.hpp, one element at a time: what those are tested against.
template <class T>
void max_pool_forward(const T* input, T* output, const PoolSizes& sizes);
template <class T>
void max_pool_backward(const T* input, const T* output_gradient, T* input_gradient,
                       const PoolSizes& sizes);
template <class T>
void average_pool_forward(const T* input, T* output, const PoolSizes& sizes);
template <class T>
void average_pool_backward(const T* output_gradient, T* input_gradient, const PoolSizes& sizes);

}  // namespace keratin::kernels::reference
