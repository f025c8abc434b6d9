#include "../../../framework/kernels/conv.hpp"

#include <cmath>

#include "../../../framework/base/error.hpp"
#include "../../../framework/kernels/reference/conv.hpp"
#include "../../support/kernel_checks.hpp"

using namespace keratin;
using kernels::ConvSizes;
using kernels::Epilogue;
using testing::random_values;

namespace {

std::size_t volume(const std::array<std::size_t, 3>& grid) { return grid[0] * grid[1] * grid[2]; }
std::size_t input_size(const ConvSizes& s) { return s.batch * volume(s.in) * s.in_channels; }
std::size_t output_size(const ConvSizes& s) { return s.batch * volume(s.out) * s.out_channels; }
std::size_t kernel_size(const ConvSizes& s) {
  return volume(s.kernel) * s.in_channels / s.groups * s.out_channels;
}

/// Fills in the output's size, from Keras's formulas for "same" and "valid".
ConvSizes padded(ConvSizes s, bool same) {
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t reach = (s.kernel[i] - 1) * s.dilation[i] + 1;
    if (same) {
      s.out[i] = (s.in[i] + s.stride[i] - 1) / s.stride[i];
      const std::size_t needed = (s.out[i] - 1) * s.stride[i] + reach;
      s.pad_before[i] = needed > s.in[i] ? (needed - s.in[i]) / 2 : 0;
    } else {
      s.out[i] = s.in[i] < reach ? 0 : (s.in[i] - reach) / s.stride[i] + 1;
    }
  }
  return s;
}

std::vector<ConvSizes> all_sizes() {
  std::vector<ConvSizes> all;
  for (const bool same : {true, false}) {
    for (const auto& [in, out] : {std::pair<std::size_t, std::size_t>{1, 1}, {3, 8}, {17, 33}}) {
      for (const std::size_t stride : {1, 2, 3}) {
        for (const std::size_t dilation : {1, 2}) {
          all.push_back(padded({.batch = 2,
                                .in = {1, 7, 9},
                                .kernel = {1, 3, 2},
                                .stride = {1, stride, stride},
                                .dilation = {1, dilation, 1},
                                .in_channels = in,
                                .out_channels = out},
                               same));
        }
        all.push_back(padded({.in = {1, 1, 19},
                              .kernel = {1, 1, 4},
                              .stride = {1, 1, stride},
                              .in_channels = in,
                              .out_channels = out},
                             same));
      }
    }
    const std::array<std::size_t, 3> volume_in{4, 5, 6};
    all.push_back(padded({.batch = 2,
                          .in = volume_in,
                          .kernel = {3, 2, 3},
                          .stride = {1, 2, 1},
                          .dilation = {1, 1, 2},
                          .in_channels = 5,
                          .out_channels = 7},
                         same));
    // The kernel smaller than the stride: some inputs meet no tap.
    all.push_back(padded({.in = {1, 8, 8}, .stride = {1, 2, 3}, .in_channels = 4}, same));
    for (const std::size_t groups : {2, 4}) {
      all.push_back(padded({.batch = 2,
                            .in = {1, 6, 5},
                            .kernel = {1, 3, 3},
                            .in_channels = 12,
                            .out_channels = 20,
                            .groups = groups},
                           same));
    }
  }
  // Pointwise; more patches and longer ones than a block holds.
  all.push_back(padded({.batch = 3, .in = {1, 9, 9}, .in_channels = 12, .out_channels = 20}, true));
  all.push_back(padded({.in = {1, 4, 4}, .in_channels = 12, .out_channels = 8, .groups = 2}, true));
  all.push_back(padded(
      {.in = {1, 20, 24}, .kernel = {1, 3, 3}, .in_channels = 32, .out_channels = 40}, true));
  all.push_back({.batch = 0, .in = {1, 4, 4}, .out = {1, 4, 4}});
  return all;
}

std::string text(const std::array<std::size_t, 3>& values) { return concat(values); }

template <class T>
std::vector<T> forward(const ConvSizes& s, const Epilogue<T>& epilogue = {}) {
  const auto x = random_values<T>(input_size(s), 1), w = random_values<T>(kernel_size(s), 2);
  std::vector<T> y(output_size(s), T{9});
  kernels::conv_forward(x.data(), w.data(), y.data(), s, epilogue);
  return y;
}

template <class T>
std::vector<T> backprop_input(const ConvSizes& s, const Epilogue<T>& epilogue = {}) {
  const auto dy = random_values<T>(output_size(s), 3), w = random_values<T>(kernel_size(s), 2);
  std::vector<T> dx(input_size(s), T{9});
  kernels::conv_backprop_input(dy.data(), w.data(), dx.data(), s, epilogue);
  return dx;
}

/// The kernel's gradient and behind it the bias's.
template <class T>
std::vector<T> backprop_filter(const ConvSizes& s) {
  const auto x = random_values<T>(input_size(s), 1), dy = random_values<T>(output_size(s), 3);
  std::vector<T> gradients(kernel_size(s) + s.out_channels, T{9});
  kernels::conv_backprop_filter(x.data(), dy.data(), gradients.data(),
                                gradients.data() + kernel_size(s), s);
  return gradients;
}

template <class T>
void check(const ConvSizes& s) {
  const auto x = random_values<T>(input_size(s), 1), w = random_values<T>(kernel_size(s), 2);
  const auto dy = random_values<T>(output_size(s), 3);
  const auto out_bias = random_values<T>(s.out_channels, 4);
  const auto in_bias = random_values<T>(s.in_channels, 5);
  const Epilogue<T> relu{.bias = out_bias.data(), .low = 0};

  const Epilogue<T> input_epilogue{.bias = in_bias.data()};

  std::vector<T> y(output_size(s)), dx(input_size(s)), dw(kernel_size(s) + s.out_channels);
  kernels::reference::conv_forward(x.data(), w.data(), y.data(), s, relu);
  kernels::reference::conv_backprop_input(dy.data(), w.data(), dx.data(), s, input_epilogue);
  kernels::reference::conv_backprop_filter(x.data(), dy.data(), dw.data(),
                                           dw.data() + kernel_size(s), s);
  testing::for_each_target([&] {
    const auto actual = forward(s, relu);
    testing::check_close(actual, y, 3);
    std::vector<T> packed(output_size(s));
    kernels::conv_forward(x.data(), kernels::PackedFilter<T>(w.data(), s), packed.data(), s, relu);
    CHECK(packed == actual);
    testing::check_close(backprop_input(s, input_epilogue), dx, 3);
    testing::check_close(backprop_filter<T>(s), dw, 3);
  });
}

}  // namespace

TEST_CASE_TEMPLATE("convolutions agree with the reference", T, float, double) {
  for (const ConvSizes& s : all_sizes()) {
    CAPTURE(text(s.in));
    CAPTURE(text(s.kernel));
    CAPTURE(text(s.stride));
    CAPTURE(text(s.dilation));
    CAPTURE(s.in_channels);
    CAPTURE(s.out_channels);
    CAPTURE(s.groups);
    CAPTURE(text(s.pad_before));
    check<T>(s);
  }
}

TEST_CASE_TEMPLATE("convolutions give the same bits on any threads", T, float, double) {
  const ConvSizes large = padded({.batch = 3,
                                  .in = {1, 21, 24},
                                  .kernel = {1, 3, 3},
                                  .stride = {1, 1, 2},
                                  .in_channels = 20,
                                  .out_channels = 40},
                                 true);
  const ConvSizes deep =
      padded({.in = {1, 5, 5}, .kernel = {1, 3, 3}, .in_channels = 96, .out_channels = 200}, true);
  const ConvSizes pointwise =
      padded({.batch = 2, .in = {1, 40, 40}, .in_channels = 24, .out_channels = 40}, true);
  for (const ConvSizes& s : {large, deep, pointwise}) {
    testing::check_same_on_any_threads([&] { return forward<T>(s); });
    testing::check_same_on_any_threads([&] { return backprop_input<T>(s); });
    testing::check_same_on_any_threads([&] { return backprop_filter<T>(s); });
  }
}

TEST_CASE_TEMPLATE("an image gives the same bits alone and in a batch", T, float, double) {
  ConvSizes s = padded(
      {.batch = 5, .in = {1, 6, 7}, .kernel = {1, 3, 3}, .in_channels = 40, .out_channels = 50},
      true);
  const auto outputs = forward<T>(s), gradients = backprop_input<T>(s);
  s.batch = 1;
  const auto output = forward<T>(s), gradient = backprop_input<T>(s);
  CHECK(std::equal(output.begin(), output.end(), outputs.begin()));
  CHECK(std::equal(gradient.begin(), gradient.end(), gradients.begin()));
}
