#include "conv.hpp"

#include "conv_patches.hpp"
#include "conv_product.hpp"

namespace keratin::kernels {
namespace {

template <class T>
Epilogue<T> for_group(Epilogue<T> epilogue, std::size_t first_channel) {
  if (epilogue.bias) epilogue.bias += first_channel;
  return epilogue;
}

}  // namespace

template <class T>
PackedFilter<T>::PackedFilter(const T* kernel, const ConvSizes& s) {
  const std::size_t channels = s.out_channels / s.groups;
  const std::size_t depth = volume(s.kernel) * (s.in_channels / s.groups);
  groups_.reserve(s.groups);
  for (std::size_t g = 0; g < s.groups; ++g) {
    groups_.emplace_back(Transpose::no, depth, channels, kernel + g * channels, s.out_channels);
  }
}

template <class T>
void conv_forward(const T* input, const PackedFilter<T>& kernel, T* output, const ConvSizes& s,
                  const Epilogue<T>& epilogue) {
  const std::size_t in = s.in_channels / s.groups, out = s.out_channels / s.groups;
  for (std::size_t g = 0; g < s.groups; ++g) {
    const Epilogue<T> group_epilogue = for_group(epilogue, g * out);
    if (is_pointwise(s)) {
      gemm(Transpose::no, s.batch * volume(s.out), input + g * in, s.in_channels, kernel.group(g),
           T{0}, output + g * out, s.out_channels, group_epilogue);
      continue;
    }
    const Patches<T> patches = input_patches(input, s, g);
    multiply(PatchProduct<T>{.patches = patches,
                             .b = kernel.group(g),
                             .batch = s.batch,
                             .rows = s.out,
                             .target = output + g * out,
                             .size = s.out,
                             .image_channels = s.out_channels,
                             .origin = {0, 0, 0},
                             .step = {1, 1, 1},
                             .epilogue = group_epilogue});
  }
}

template <class T>
void conv_forward(const T* input, const T* kernel, T* output, const ConvSizes& s,
                  const Epilogue<T>& epilogue) {
  if (is_pointwise(s) && s.groups == 1) {  // few rows need no packing
    return gemm(Transpose::no, Transpose::no, s.batch * volume(s.out), s.out_channels,
                s.in_channels, input, s.in_channels, kernel, s.out_channels, T{0}, output,
                s.out_channels, epilogue);
  }
  conv_forward(input, PackedFilter<T>(kernel, s), output, s, epilogue);
}

#define KERATIN_INSTANTIATE(T)                                                              \
  template class PackedFilter<T>;                                                           \
  template void conv_forward(const T*, const T*, T*, const ConvSizes&, const Epilogue<T>&); \
  template void conv_forward(const T*, const PackedFilter<T>&, T*, const ConvSizes&,        \
                             const Epilogue<T>&);
KERATIN_INSTANTIATE(float)
KERATIN_INSTANTIATE(double)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::kernels
