#include "../../../framework/kernels/rectifier.hpp"

#include <cmath>
#include <limits>

#include "../../support/kernel_checks.hpp"

using namespace keratin;
using testing::random_values;

namespace {

/// Random values, the kinks, and what is not finite.
template <class T>
std::vector<T> values(const std::vector<T>& kinks) {
  std::vector<T> all = random_values<T>(101);
  for (T& value : all) value *= 8;
  all.insert(all.end(), kinks.begin(), kinks.end());
  const T infinity = std::numeric_limits<T>::infinity();
  all.insert(all.end(), {T{0}, -T{0}, infinity, -infinity, std::numeric_limits<T>::quiet_NaN()});
  return all;
}

template <class T>
bool same(T a, T b) {
  return a == b || (a != a && b != b);
}

template <class T>
void check_rectify(const kernels::Rectifier<T>& r) {
  testing::for_each_target([&] {
    std::vector<T> x = values<T>({r.threshold, r.high}), y(x.size());
    kernels::rectify(x.size(), r, x.data(), y.data());
    for (std::size_t i = 0; i < x.size(); ++i) {
      T expected = x[i];
      if (x[i] <= r.threshold) expected = r.slope == 0 ? T{0} : r.slope * (x[i] - r.threshold);
      if (expected > r.high) expected = r.high;
      CHECK(same(y[i], expected));
    }
    kernels::rectify(x.size(), r, x.data(), x.data());
    for (std::size_t i = 0; i < x.size(); ++i) CHECK(same(x[i], y[i]));
  });
}

template <class T>
void check_gradient(const kernels::RectifierSlopes<T>& s) {
  testing::for_each_target([&] {
    const std::vector<T> kept = values<T>({s.threshold, s.last, s.last + 1});
    const std::vector<T> dy = random_values<T>(kept.size());
    std::vector<T> dx = dy;
    kernels::rectifier_gradient(kept.size(), s, kept.data(), dx.data());
    for (std::size_t i = 0; i < dy.size(); ++i) {
      T slope = kept[i] < s.threshold ? s.slope : s.at_threshold;
      if (kept[i] > s.threshold) slope = kept[i] <= s.last ? T{1} : T{0};
      CHECK(dx[i] == dy[i] * slope);
    }
  });
}

}  // namespace

TEST_CASE_TEMPLATE("rectify", T, float, double) {
  check_rectify<T>({});
  check_rectify<T>({.high = 6});
  check_rectify<T>({.slope = T(0.3)});
  check_rectify<T>({.slope = T(-0.5), .threshold = 1, .high = 2});
}

TEST_CASE_TEMPLATE("The gradient of rectify", T, float, double) {
  check_gradient<T>({});
  check_gradient<T>({.last = 6});
  check_gradient<T>({.slope = T(0.3), .at_threshold = T(0.3)});
  check_gradient<T>({.threshold = 1, .last = 2, .slope = T(-0.5)});
}
