#include "../../../framework/kernels/separable_conv2d.hpp"

#include <string>
#include <vector>

#include "../../../framework/kernels/reference/depthwise_conv2d.hpp"
#include "../../../framework/kernels/reference/gemm.hpp"
#include "../../support/kernel_checks.hpp"

using namespace keratin;
using namespace keratin::kernels;
using testing::random_values;

namespace {

struct Case {
  const char* name;
  DepthwiseConv2DSizes sizes;
  std::size_t filters;
};

const std::vector<Case> cases{
    {"3x3", {2, 9, 8, 20, 1, 9, 8, 3, 3, 1, 1, 1, 1, 1, 1, Layout::nhwc}, 35},
    {"stride 2", {3, 13, 11, 17, 1, 7, 6, 3, 3, 2, 2, 1, 1, 1, 1, Layout::nhwc}, 5},
    {"dilation 2", {1, 14, 14, 32, 1, 14, 14, 3, 3, 1, 1, 2, 2, 2, 2, Layout::nhwc}, 64},
    {"unequal", {2, 12, 9, 6, 3, 4, 9, 4, 2, 3, 1, 1, 3, 2, 1, Layout::nhwc}, 7},
    {"valid", {1, 10, 10, 4, 2, 6, 6, 5, 5, 1, 1, 1, 1, 0, 0, Layout::nhwc}, 1},
    {"a series", {4, 1, 31, 12, 1, 1, 31, 1, 5, 1, 1, 1, 1, 0, 2, Layout::nhwc}, 24},
    {"padding wider than the image",
     {1, 2, 3, 8, 1, 8, 9, 3, 3, 1, 1, 1, 1, 4, 4, Layout::nhwc},
     8},
    {"many strips", {1, 40, 33, 96, 1, 40, 33, 3, 3, 1, 1, 1, 1, 1, 1, Layout::nhwc}, 40},
    {"one pixel", {1, 1, 1, 3, 1, 1, 1, 3, 3, 1, 1, 1, 1, 1, 1, Layout::nhwc}, 2},
    {"no filters", {1, 3, 3, 3, 1, 3, 3, 3, 3, 1, 1, 1, 1, 1, 1, Layout::nhwc}, 0},
    {"no images", {0, 3, 3, 3, 1, 3, 3, 3, 3, 1, 1, 1, 1, 1, 1, Layout::nhwc}, 4},
};

template <class T>
struct Arrays {
  explicit Arrays(const Case& c)
      : s(c.sizes),
        channels(s.channels * s.multiplier),
        filters(c.filters),
        places(s.batch * s.out_height * s.out_width),
        input(random_values<T>(s.batch * s.in_height * s.in_width * s.channels, 1)),
        depthwise(random_values<T>(s.kernel_height * s.kernel_width * channels, 2)),
        between_bias(random_values<T>(channels, 3)),
        pointwise(random_values<T>(channels * filters, 4)),
        bias(random_values<T>(filters, 5)),
        packed(Transpose::no, channels, filters, pointwise.data(), filters),
        epilogue{bias.data(), T(-.5), T(3)} {}

  std::vector<T> compute(bool keep, std::vector<T>* kept = nullptr) const {
    std::vector<T> output(places * filters, T(99)), between(keep ? places * channels : 0, T(99));
    separable_conv2d(input.data(), depthwise.data(), between_bias.data(), packed, output.data(), s,
                     clamp, epilogue, keep ? between.data() : nullptr);
    if (kept) *kept = between;
    return output;
  }

  DepthwiseConv2DSizes s;
  std::size_t channels, filters, places;
  std::vector<T> input, depthwise, between_bias, pointwise, bias;
  PackedMatrix<T> packed;
  Clamp clamp{-2, 2};
  Epilogue<T> epilogue;
};

}  // namespace

TEST_CASE_TEMPLATE("separable_conv2d agrees with the reference", T, float, double) {
  for (const Case& c : cases) {
    CAPTURE(std::string(c.name));
    const Arrays<T> a(c);
    std::vector<T> between(a.places * a.channels), expected(a.places * a.filters);
    reference::depthwise_conv2d(a.input.data(), a.depthwise.data(), a.between_bias.data(),
                                between.data(), a.s);
    for (T& value : between) value = std::clamp(value, T(-2), T(2));
    reference::gemm(Transpose::no, Transpose::no, a.places, a.filters, a.channels, between.data(),
                    a.channels, a.pointwise.data(), a.filters, T(0), expected.data(), a.filters,
                    a.epilogue);
    testing::for_each_target([&] {
      const Arrays<T> arrays(c);  // packed for this instruction set
      std::vector<T> kept;
      const double scale = 2 * static_cast<double>(a.channels);
      testing::check_close(arrays.compute(true, &kept), expected, scale);
      testing::check_close(kept, between,
                           static_cast<double>(a.s.kernel_height * a.s.kernel_width));
      testing::check_close(arrays.compute(false), expected, scale);
    });
  }
}

TEST_CASE_TEMPLATE("separable_conv2d gives the bits of its two parts, on any threads", T, float,
                   double) {
  for (const Case& c : cases) {
    CAPTURE(std::string(c.name));
    const Arrays<T> a(c);
    std::vector<T> between(a.places * a.channels), expected(a.places * a.filters);
    depthwise_conv2d(a.input.data(), a.depthwise.data(), a.between_bias.data(), between.data(), a.s,
                     a.clamp);
    gemm(Transpose::no, a.places, between.data(), a.channels, a.packed, T(0), expected.data(),
         a.filters, a.epilogue);
    CHECK(a.compute(false) == expected);
    testing::check_same_on_any_threads([&] { return a.compute(false); });
    testing::check_same_on_any_threads([&] {
      std::vector<T> kept;
      a.compute(true, &kept);
      return kept;
    });
  }
}
