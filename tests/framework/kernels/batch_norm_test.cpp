#include "../../../framework/kernels/batch_norm.hpp"

#include <algorithm>
#include <limits>

#include "../../support/kernel_checks.hpp"

using namespace keratin;
using testing::check_close;
using testing::random_values;

namespace {

constexpr std::size_t all_rows[] = {0, 1, 7, 40, 301};
constexpr std::size_t all_channels[] = {1, 3, 8, 17, 24, 64};

template <class T>
struct Case {
  std::size_t rows, channels;
  std::vector<T> x, dy, scale, shift, mean, a, b, c;
  T high;

  Case(std::size_t r, std::size_t n, T bound)
      : rows(r),
        channels(n),
        x(random_values<T>(r * n)),
        dy(random_values<T>(r * n, 2)),
        scale(random_values<T>(n, 3)),
        shift(random_values<T>(n, 4)),
        mean(random_values<T>(n, 5)),
        a(random_values<T>(n, 6)),
        b(random_values<T>(n, 7)),
        c(random_values<T>(n, 8)),
        high(bound) {
    for (T& value : scale) value += 2;
  }

  kernels::RectifiedScale<T> rectified() const { return {scale.data(), shift.data(), high}; }
  double v(std::size_t i) const {
    return double(x[i]) * double(scale[i % channels]) + double(shift[i % channels]);
  }
  double g(std::size_t i) const { return v(i) > 0 && v(i) < double(high) ? double(dy[i]) : 0; }
};

template <class T, class Check>
void for_each_case(const Check& check) {
  testing::for_each_target([&] {
    for (const std::size_t rows : all_rows) {
      for (const std::size_t channels : all_channels) {
        for (const T high : {T(0.7), std::numeric_limits<T>::infinity()}) {
          CAPTURE(rows);
          CAPTURE(channels);
          check(Case<T>(rows, channels, high));
        }
      }
    }
  });
}

}  // namespace

TEST_CASE_TEMPLATE("A rectified normalization", T, float, double) {
  for_each_case<T>([](const Case<T>& test) {
    std::vector<T> y(test.x.size()), expected(test.x.size());
    for (std::size_t i = 0; i < y.size(); ++i)
      expected[i] = static_cast<T>(std::clamp(test.v(i), 0.0, double(test.high)));
    kernels::rectified_scale_shift(test.rows, test.channels, test.x.data(), test.rectified(),
                                   y.data());
    check_close(y, expected);
  });
}

TEST_CASE_TEMPLATE("The gradient's sums of a rectified normalization", T, float, double) {
  for_each_case<T>([](const Case<T>& test) {
    std::vector<T> sum(test.channels), dot(test.channels), sums(test.channels), dots(test.channels);
    for (std::size_t c = 0; c < test.channels; ++c) {
      double s = 0, d = 0;
      for (std::size_t i = c; i < test.x.size(); i += test.channels) {
        s += test.g(i);
        d += test.g(i) * (double(test.x[i]) - double(test.mean[c])) * double(test.a[c]);
      }
      sums[c] = static_cast<T>(s);
      dots[c] = static_cast<T>(d);
    }
    kernels::rectified_gradient_sums(test.rows, test.channels, test.dy.data(), test.x.data(),
                                     test.rectified(), test.mean.data(), test.a.data(), sum.data(),
                                     dot.data());
    check_close(sum, sums, static_cast<double>(test.rows));
    check_close(dot, dots, static_cast<double>(test.rows));
  });
}

TEST_CASE_TEMPLATE("The input's gradient of a rectified normalization", T, float, double) {
  for_each_case<T>([](const Case<T>& test) {
    std::vector<T> expected(test.x.size()), frozen(test.x.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const std::size_t c = i % test.channels;
      frozen[i] = static_cast<T>(test.g(i) * double(test.a[c]));
      expected[i] = static_cast<T>(test.g(i) * double(test.a[c]) +
                                   double(test.x[i]) * double(test.b[c]) + double(test.c[c]));
    }
    const auto backward = [&](const T* b, const T* shift) {
      std::vector<T> dx = test.dy;
      kernels::rectified_scale_add_shift(test.rows, test.channels, dx.data(), test.x.data(),
                                         test.rectified(), test.a.data(), b, shift, dx.data());
      return dx;
    };
    check_close(backward(test.b.data(), test.c.data()), expected);
    check_close(backward(nullptr, nullptr), frozen);
  });
}

TEST_CASE("The sums are the same on any number of threads") {
  const Case<float> test(5000, 24, 6);
  testing::check_same_on_any_threads([&] {
    std::vector<float> sums(2 * test.channels);
    kernels::rectified_gradient_sums(test.rows, test.channels, test.dy.data(), test.x.data(),
                                     test.rectified(), test.mean.data(), test.a.data(), sums.data(),
                                     sums.data() + test.channels);
    return sums;
  });
}
