#include "conv.hpp"

#include <algorithm>

#include "windows.hpp"

namespace keratin::kernels::reference {
namespace {

/// Calls `visit(x, w, y)` with the positions of each product input x * kernel w that output y sums.
template <class Visit>
void for_each_product(const ConvSizes& s, const Visit& visit) {
  const std::size_t group_in = s.in_channels / s.groups, group_out = s.out_channels / s.groups;
  for (std::size_t b = 0; b < s.batch; ++b) {
    for_each_index(s.out, [&](const Index& out, std::size_t out_position) {
      for_each_tap(out, s.kernel, s.dilation, s, [&](std::size_t in, std::size_t tap) {
        for (std::size_t o = 0; o < s.out_channels; ++o) {
          for (std::size_t c = 0; c < group_in; ++c) {
            const std::size_t channel = o / group_out * group_in + c;
            visit((b * volume(s.in) + in) * s.in_channels + channel,
                  (tap * group_in + c) * s.out_channels + o,
                  (b * volume(s.out) + out_position) * s.out_channels + o);
          }
        }
      });
    });
  }
}

template <class T>
void store(const std::vector<double>& sums, std::size_t channels, T* output,
           const Epilogue<T>& epilogue) {
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double bias = epilogue.bias ? double{epilogue.bias[i % channels]} : 0.0;
    output[i] =
        static_cast<T>(std::clamp(sums[i] + bias, double{epilogue.low}, double{epilogue.high}));
  }
}

}  // namespace

template <class T>
void conv_forward(const T* input, const T* kernel, T* output, const ConvSizes& s,
                  const Epilogue<T>& epilogue) {
  std::vector<double> sums(s.batch * volume(s.out) * s.out_channels);
  for_each_product(s, [&](std::size_t x, std::size_t w, std::size_t y) {
    sums[y] += double{input[x]} * double{kernel[w]};
  });
  store(sums, s.out_channels, output, epilogue);
}

template <class T>
void conv_backprop_input(const T* output_gradient, const T* kernel, T* input_gradient,
                         const ConvSizes& s, const Epilogue<T>& epilogue) {
  std::vector<double> sums(s.batch * volume(s.in) * s.in_channels);
  for_each_product(s, [&](std::size_t x, std::size_t w, std::size_t y) {
    sums[x] += double{output_gradient[y]} * double{kernel[w]};
  });
  store(sums, s.in_channels, input_gradient, epilogue);
}

template <class T>
void conv_backprop_filter(const T* input, const T* output_gradient, T* kernel_gradient,
                          T* bias_gradient, const ConvSizes& s) {
  std::vector<double> sums(volume(s.kernel) * s.in_channels / s.groups * s.out_channels);
  for_each_product(s, [&](std::size_t x, std::size_t w, std::size_t y) {
    sums[w] += double{input[x]} * double{output_gradient[y]};
  });
  std::transform(sums.begin(), sums.end(), kernel_gradient,
                 [](double sum) { return static_cast<T>(sum); });
  if (!bias_gradient) return;
  for (std::size_t o = 0; o < s.out_channels; ++o) {
    double sum = 0;
    for (std::size_t i = 0; i < s.batch * volume(s.out); ++i) {
      sum += double{output_gradient[i * s.out_channels + o]};
    }
    bias_gradient[o] = static_cast<T>(sum);
  }
}

#define KERATIN_INSTANTIATE(T)                                                                     \
  template void conv_forward(const T*, const T*, T*, const ConvSizes&, const Epilogue<T>&);        \
  template void conv_backprop_input(const T*, const T*, T*, const ConvSizes&, const Epilogue<T>&); \
  template void conv_backprop_filter(const T*, const T*, T*, T*, const ConvSizes&);
KERATIN_INSTANTIATE(float)
KERATIN_INSTANTIATE(double)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::kernels::reference
