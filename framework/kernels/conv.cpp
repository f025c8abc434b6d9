#include "conv.hpp"

#include "reference/conv.hpp"

namespace keratin::kernels {

template <class T>
PackedFilter<T>::PackedFilter(const T* kernel, const ConvSizes& s) {
  const std::size_t k = s.kernel[0] * s.kernel[1] * s.kernel[2] * s.in_channels / s.groups;
  groups_.emplace_back(Transpose::no, k, s.out_channels, kernel, s.out_channels);
}

template <class T>
void conv_forward(const T* input, const T* kernel, T* output, const ConvSizes& s,
                  const Epilogue<T>& epilogue) {
  reference::conv_forward(input, kernel, output, s, epilogue);
}

template <class T>
void conv_forward(const T* input, const PackedFilter<T>& kernel, T* output, const ConvSizes& s,
                  const Epilogue<T>& epilogue) {
  reference::conv_forward(input, kernel.group(0).data(), output, s, epilogue);
}

template <class T>
void conv_backprop_input(const T* output_gradient, const T* kernel, T* input_gradient,
                         const ConvSizes& s, const Epilogue<T>& epilogue) {
  reference::conv_backprop_input(output_gradient, kernel, input_gradient, s, epilogue);
}

template <class T>
void conv_backprop_filter(const T* input, const T* output_gradient, T* kernel_gradient,
                          T* bias_gradient, const ConvSizes& s) {
  reference::conv_backprop_filter(input, output_gradient, kernel_gradient, bias_gradient, s);
}

#define KERATIN_INSTANTIATE(T)                                                                     \
  template class PackedFilter<T>;                                                                  \
  template void conv_forward(const T*, const T*, T*, const ConvSizes&, const Epilogue<T>&);        \
  template void conv_forward(const T*, const PackedFilter<T>&, T*, const ConvSizes&,               \
                             const Epilogue<T>&);                                                  \
  template void conv_backprop_input(const T*, const T*, T*, const ConvSizes&, const Epilogue<T>&); \
  template void conv_backprop_filter(const T*, const T*, T*, T*, const ConvSizes&);
KERATIN_INSTANTIATE(float)
KERATIN_INSTANTIATE(double)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::kernels
