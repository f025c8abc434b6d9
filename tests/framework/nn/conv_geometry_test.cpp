#include "../../../framework/nn/conv_geometry.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using namespace keratin;
using namespace keratin::nn;

namespace {

/// Counts the positions one by one.
Dim counted_positions(Dim input, Dim kernel, std::array<Dim, 2> pads, Dim stride, Dim dilation) {
  Dim count = 0;
  for (Dim first = -pads[0]; first + (kernel - 1) * dilation < input + pads[1]; first += stride) {
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("output length and padding agree with counting") {
  for (Dim input = 0; input <= 12; ++input) {
    for (Dim kernel = 1; kernel <= 5; ++kernel) {
      for (Dim stride = 1; stride <= 3; ++stride) {
        for (Dim dilation = 1; dilation <= 3; ++dilation) {
          CAPTURE(input);
          CAPTURE(kernel);
          CAPTURE(stride);
          CAPTURE(dilation);
          for (auto padding : {WindowPadding::valid, WindowPadding::same, WindowPadding::causal}) {
            const auto pads = window_pads(input, kernel, padding, stride, dilation);
            const Dim length = conv_output_length(input, kernel, padding, stride, dilation);
            CHECK(pad_before(input, kernel, padding, stride, dilation) == pads[0]);
            CHECK(std::max<Dim>(length, 0) ==
                  (input == 0 && padding == WindowPadding::same
                       ? 0
                       : counted_positions(input, kernel, pads, stride, dilation)));
          }
          const std::array<Dim, 2> pads{2, 5};
          CHECK(std::max<Dim>(conv_output_length(input, kernel, pads, stride, dilation), 0) ==
                counted_positions(input, kernel, pads, stride, dilation));
        }
      }
    }
  }
}

TEST_CASE("same padding puts the odd zero behind") {
  CHECK(window_pads(5, 4, WindowPadding::same) == std::array<Dim, 2>{1, 2});
  CHECK(window_pads(4, 3, WindowPadding::same, 2) == std::array<Dim, 2>{0, 1});
  CHECK(window_pads(5, 3, WindowPadding::same, 1, 2) == std::array<Dim, 2>{2, 2});
  CHECK(window_pads(5, 1, WindowPadding::same, 3) == std::array<Dim, 2>{0, 0});
}

TEST_CASE("causal padding is in front") {
  CHECK(window_pads(9, 3, WindowPadding::causal, 1, 2) == std::array<Dim, 2>{4, 0});
  CHECK(conv_output_length(9, 3, WindowPadding::causal, 2, 2) == 5);
}

TEST_CASE("an unknown length stays unknown") {
  for (auto padding : {WindowPadding::valid, WindowPadding::same, WindowPadding::causal}) {
    CHECK(conv_output_length(unknown, 3, padding, 2) == unknown);
  }
  CHECK(conv_output_length(unknown, 3, std::array<Dim, 2>{1, 1}) == unknown);
}

TEST_CASE("a window that does not fit gives no positive length") {
  CHECK(conv_output_length(3, 5, WindowPadding::valid) == -1);
  CHECK(conv_output_length(4, 5, WindowPadding::valid) == 0);
}
