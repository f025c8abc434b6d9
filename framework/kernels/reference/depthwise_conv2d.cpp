#include "depthwise_conv2d.hpp"

#include <algorithm>
#include <vector>

#include "../../base/float16.hpp"

namespace keratin::kernels::reference {

namespace {

using Sizes = DepthwiseConv2DSizes;

/// Where a pixel's channel is in memory.
struct Indexer {
  std::size_t height, width, channels;
  Layout layout;

  std::size_t operator()(std::size_t b, std::size_t y, std::size_t x, std::size_t c) const {
    return layout == Layout::nhwc ? ((b * height + y) * width + x) * channels + c
                                  : ((b * channels + c) * height + y) * width + x;
  }
};

Indexer input_indexer(const Sizes& s) { return {s.in_height, s.in_width, s.channels, s.layout}; }
Indexer output_indexer(const Sizes& s) {
  return {s.out_height, s.out_width, s.channels * s.multiplier, s.layout};
}

/// Calls `body(input index, filter index, output index)` for every product in the sums.
template <class Body>
void for_each_product(const Sizes& s, Body body) {
  const Indexer in = input_indexer(s), out = output_indexer(s);
  for (std::size_t b = 0; b < s.batch; ++b) {
    for (std::size_t y = 0; y < s.out_height; ++y) {
      for (std::size_t x = 0; x < s.out_width; ++x) {
        for (std::size_t i = 0; i < s.kernel_height; ++i) {
          // Above and left of the input the difference wraps around to a large number.
          const std::size_t row = y * s.stride_height + i * s.dilation_height - s.pad_top;
          if (row >= s.in_height) continue;
          for (std::size_t j = 0; j < s.kernel_width; ++j) {
            const std::size_t column = x * s.stride_width + j * s.dilation_width - s.pad_left;
            if (column >= s.in_width) continue;
            for (std::size_t c = 0; c < s.channels; ++c) {
              for (std::size_t m = 0; m < s.multiplier; ++m) {
                const std::size_t channel = c * s.multiplier + m;
                body(in(b, row, column, c),
                     ((i * s.kernel_width + j) * s.channels + c) * s.multiplier + m,
                     out(b, y, x, channel));
              }
            }
          }
        }
      }
    }
  }
}

template <class T>
void store(const std::vector<double>& sums, T* result) {
  std::transform(sums.begin(), sums.end(), result, [](double sum) { return static_cast<T>(sum); });
}

std::size_t output_channels(const Sizes& s) { return s.channels * s.multiplier; }

/// Calls `body(output index, output channel)` for every output.
template <class Body>
void for_each_output(const Sizes& s, Body body) {
  const Indexer out = output_indexer(s);
  for (std::size_t b = 0; b < s.batch; ++b) {
    for (std::size_t y = 0; y < s.out_height; ++y) {
      for (std::size_t x = 0; x < s.out_width; ++x) {
        for (std::size_t c = 0; c < output_channels(s); ++c) body(out(b, y, x, c), c);
      }
    }
  }
}

}  // namespace

template <class T>
void depthwise_conv2d(const T* input, const T* filter, const T* bias, T* output, const Sizes& s) {
  std::vector<double> sums(s.batch * s.out_height * s.out_width * output_channels(s));
  if (bias) {
    for_each_output(s, [&](std::size_t o, std::size_t channel) {
      sums[o] = static_cast<double>(bias[channel]);
    });
  }
  for_each_product(s, [&](std::size_t i, std::size_t f, std::size_t o) {
    sums[o] += static_cast<double>(input[i]) * static_cast<double>(filter[f]);
  });
  store(sums, output);
}

template <class T>
void depthwise_conv2d_backprop_input(const T* filter, const T* output_gradient, T* input_gradient,
                                     const Sizes& s) {
  std::vector<double> sums(s.batch * s.in_height * s.in_width * s.channels);
  for_each_product(s, [&](std::size_t i, std::size_t f, std::size_t o) {
    sums[i] += static_cast<double>(filter[f]) * static_cast<double>(output_gradient[o]);
  });
  store(sums, input_gradient);
}

template <class T>
void depthwise_conv2d_backprop_filter(const T* input, const T* output_gradient, T* filter_gradient,
                                      T* bias_gradient, const Sizes& s) {
  std::vector<double> sums(s.kernel_height * s.kernel_width * output_channels(s));
  for_each_product(s, [&](std::size_t i, std::size_t f, std::size_t o) {
    sums[f] += static_cast<double>(input[i]) * static_cast<double>(output_gradient[o]);
  });
  store(sums, filter_gradient);
  if (!bias_gradient) return;
  sums.assign(output_channels(s), 0);
  for_each_output(s, [&](std::size_t o, std::size_t channel) {
    sums[channel] += static_cast<double>(output_gradient[o]);
  });
  store(sums, bias_gradient);
}

#define KERATIN_INSTANTIATE(T)                                                            \
  template void depthwise_conv2d<T>(const T*, const T*, const T*, T*, const Sizes&);      \
  template void depthwise_conv2d_backprop_input<T>(const T*, const T*, T*, const Sizes&); \
  template void depthwise_conv2d_backprop_filter<T>(const T*, const T*, T*, T*, const Sizes&);
KERATIN_INSTANTIATE(float)
KERATIN_INSTANTIATE(double)
KERATIN_INSTANTIATE(half)
KERATIN_INSTANTIATE(bfloat16)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::kernels::reference
