#include "../../../framework/kernels/elementwise.hpp"

#include <cmath>
#include <limits>

#include "../../support/kernel_checks.hpp"

using namespace keratin;
using testing::check_close;
using testing::random_values;

namespace {

constexpr std::size_t all_rows[] = {0, 1, 7, 40, 301};
constexpr std::size_t all_channels[] = {1, 3, 8, 17, 24, 64};

template <class T, class Check>
void for_each_size(const Check& check) {
  testing::for_each_target([&] {
    for (const std::size_t rows : all_rows) {
      for (const std::size_t channels : all_channels) {
        CAPTURE(rows);
        CAPTURE(channels);
        check(rows, channels);
      }
    }
  });
}

/// The distance in units in the last place of the expected value.
template <class T>
double ulps(T actual, long double expected) {
  const T rounded = static_cast<T>(expected);
  if (std::isinf(rounded) || std::isinf(actual)) return actual == rounded ? 0 : HUGE_VAL;
  const T magnitude = std::max(std::abs(rounded), std::numeric_limits<T>::min());
  const T unit = std::nextafter(magnitude, std::numeric_limits<T>::infinity()) - magnitude;
  return static_cast<double>(std::abs(actual - expected) / unit);
}

template <class T>
void check_accuracy(void (*function)(std::size_t, const T*, T*), long double (*exact)(long double),
                    double most) {
  std::vector<T> x;
  for (const double range : {1e-3, 1.0, 20.0, 100.0, 800.0}) {
    for (const T value : random_values<T>(3000)) x.push_back(static_cast<T>(range) * value);
  }
  const T infinity = std::numeric_limits<T>::infinity();
  x.insert(x.end(), {T{0}, infinity, -infinity, T{-1e9}, T{1e9}, std::log(T{0.5})});
  x.push_back(std::log(std::numeric_limits<T>::max()));
  std::vector<T> result(x.size());
  function(x.size(), x.data(), result.data());
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double error = ulps(result[i], exact(static_cast<long double>(x[i])));
    if (error > most) {
      CAPTURE(x[i]);
      CAPTURE(result[i]);
      CHECK(error <= most);
      return;
    }
    worst = std::max(worst, error);
  }
  CHECK(worst <= most);
  std::vector<T> nan(19, std::numeric_limits<T>::quiet_NaN());
  function(nan.size(), nan.data(), nan.data());
  for (const T value : nan) CHECK(std::isnan(value));
}

long double exact_sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

TEST_CASE_TEMPLATE("bias, scale and shift per channel", T, float, double) {
  for_each_size<T>([](std::size_t rows, std::size_t channels) {
    const auto x = random_values<T>(rows * channels, 1), z = random_values<T>(rows * channels, 2);
    const auto a = random_values<T>(channels, 3), b = random_values<T>(channels, 4);
    const auto shift = random_values<T>(channels, 5);
    std::vector<T> biased = x, scaled = x, shifted = x, added = x;
    kernels::add_bias(rows, channels, shift.data(), biased.data());
    kernels::scale_shift<T>(rows, channels, x.data(), a.data(), nullptr, scaled.data());
    kernels::scale_shift(rows, channels, shifted.data(), a.data(), shift.data(), shifted.data());
    kernels::scale_add_shift(rows, channels, x.data(), a.data(), z.data(), b.data(), shift.data(),
                             added.data());
    std::vector<T> e1 = x, e2 = x, e3 = x, e4 = x;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t c = i % channels;
      e1[i] = x[i] + shift[c];
      e2[i] = x[i] * a[c];
      e3[i] = x[i] * a[c] + shift[c];
      e4[i] = x[i] * a[c] + z[i] * b[c] + shift[c];
    }
    CHECK(biased == e1);
    CHECK(scaled == e2);
    check_close(shifted, e3, 0.1);
    check_close(added, e4, 0.1);
  });
}

TEST_CASE_TEMPLATE("sums and moments over rows", T, float, double) {
  for_each_size<T>([](std::size_t rows, std::size_t channels) {
    auto x = random_values<T>(rows * channels, 1);
    for (T& value : x) value += 3;
    const auto dy = random_values<T>(rows * channels, 2);
    std::vector<T> sums(channels), mean(channels), variance(channels), sum(channels), dot(channels);
    kernels::column_sums(rows, channels, x.data(), sums.data());
    kernels::moments(rows, channels, x.data(), mean.data(), variance.data());
    const auto scale = random_values<T>(channels, 3);
    kernels::gradient_sums(rows, channels, dy.data(), x.data(), mean.data(), scale.data(),
                           sum.data(), dot.data());
    const double count = static_cast<double>(std::max<std::size_t>(rows, 1));
    std::vector<T> e_sums(channels), e_mean(channels), e_variance(channels), e_sum(channels),
        e_dot(channels);
    for (std::size_t c = 0; c < channels; ++c) {
      double total = 0, squares = 0, gradient = 0, product = 0;
      for (std::size_t i = c; i < x.size(); i += channels) total += double{x[i]};
      for (std::size_t i = c; i < x.size(); i += channels) {
        squares += std::pow(double{x[i]} - total / count, 2);
        gradient += double{dy[i]};
        product += double{dy[i]} * (double{x[i]} - double{mean[c]}) * double{scale[c]};
      }
      e_sums[c] = static_cast<T>(total);
      e_mean[c] = static_cast<T>(total / count);
      e_variance[c] = static_cast<T>(squares / count);
      e_sum[c] = static_cast<T>(gradient);
      e_dot[c] = static_cast<T>(product);
    }
    const double tolerance = sizeof(T) == 4 ? 2e-6 : 1e-14;
    check_close(sums, e_sums, 1, tolerance);
    check_close(mean, e_mean, 1, tolerance);
    check_close(variance, e_variance, 0.1, tolerance);
    check_close(sum, e_sum, std::sqrt(count), tolerance);
    check_close(dot, e_dot, std::sqrt(count), tolerance);
  });
}

TEST_CASE("the variance does not cancel") {
  constexpr std::size_t rows = 20000, channels = 5;
  auto x = random_values<float>(rows * channels);
  for (float& value : x) value = 1000 + value;
  std::vector<float> mean(channels), variance(channels);
  kernels::moments(rows, channels, x.data(), mean.data(), variance.data());
  for (std::size_t c = 0; c < channels; ++c) {
    CHECK(mean[c] == doctest::Approx(1000).epsilon(1e-5));
    CHECK(variance[c] == doctest::Approx(1.0 / 3).epsilon(0.02));
  }
}

TEST_CASE_TEMPLATE("sums give the same bits on any threads", T, float, double) {
  for (const std::size_t channels : {3, 70}) {
    const std::size_t rows = 300000 / channels;
    const auto x = random_values<T>(rows * channels, 1), dy = random_values<T>(rows * channels, 2);
    testing::check_same_on_any_threads([&] {
      std::vector<T> r(5 * channels, T{1});
      T* p = r.data();
      kernels::column_sums(rows, channels, x.data(), p);
      kernels::moments(rows, channels, x.data(), p + channels, p + 2 * channels);
      kernels::gradient_sums(rows, channels, dy.data(), x.data(), p, p + channels, p + 3 * channels,
                             p + 4 * channels);
      return r;
    });
  }
}

TEST_CASE_TEMPLATE("axpy", T, float, double) {
  testing::for_each_target([] {
    for (const std::size_t count : {0, 1, 5, 100}) {
      const auto x = random_values<T>(count, 1);
      auto y = random_values<T>(count, 2), expected = y;
      kernels::axpy(count, T{0.5}, x.data(), y.data());
      for (std::size_t i = 0; i < count; ++i) expected[i] += T{0.5} * x[i];
      CHECK(y == expected);
    }
  });
}

TEST_CASE_TEMPLATE("exp, tanh and sigmoid are accurate everywhere", T, float, double) {
  testing::for_each_target([] {
    check_accuracy<T>(kernels::exp, std::exp, 2);
    check_accuracy<T>(kernels::tanh, std::tanh, 4);
    check_accuracy<T>(kernels::sigmoid, exact_sigmoid, 4);
  });
}
