#include "pooling.hpp"

#include "reference/pooling.hpp"

namespace keratin::kernels {

template <class T>
void max_pool_forward(const T* input, T* output, const PoolSizes& s) {
  reference::max_pool_forward(input, output, s);
}

template <class T>
void max_pool_backward(const T* input, const T* output_gradient, T* input_gradient,
                       const PoolSizes& s) {
  reference::max_pool_backward(input, output_gradient, input_gradient, s);
}

template <class T>
void average_pool_forward(const T* input, T* output, const PoolSizes& s) {
  reference::average_pool_forward(input, output, s);
}

template <class T>
void average_pool_backward(const T* output_gradient, T* input_gradient, const PoolSizes& s) {
  reference::average_pool_backward(output_gradient, input_gradient, s);
}

#define KERATIN_INSTANTIATE(T)                                               \
  template void max_pool_forward(const T*, T*, const PoolSizes&);            \
  template void max_pool_backward(const T*, const T*, T*, const PoolSizes&); \
  template void average_pool_forward(const T*, T*, const PoolSizes&);        \
  template void average_pool_backward(const T*, T*, const PoolSizes&);
KERATIN_INSTANTIATE(float)
KERATIN_INSTANTIATE(double)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::kernels
