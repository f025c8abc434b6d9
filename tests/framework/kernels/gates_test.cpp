#include "../../../framework/kernels/reference/gates.hpp"
#include "../../../framework/kernels/gru.hpp"
#include "../../../framework/kernels/lstm.hpp"
#include "../../support/kernel_checks.hpp"

using namespace keratin;
using testing::check_close;
using testing::random_values;

namespace {

template <class T>
using Values = std::vector<T>;

/// Pre-activations far into where sigmoid and tanh are flat.
template <class T>
Values<T> wide(std::size_t count, std::uint64_t seed) {
  Values<T> values = random_values<T>(count, seed);
  for (std::size_t i = 0; i < count; ++i) values[i] *= i % 5 == 0 ? T{30} : T{3};
  return values;
}

/// A step and its gradient: what all arrays hold in the end.
template <class T>
Values<T> lstm(bool reference, std::size_t rows, std::size_t units) {
  const std::size_t n = rows * units;
  Values<T> z = wide<T>(4 * n, 1), c(n), h(n), dc = random_values<T>(n, 3);
  const Values<T> before = random_values<T>(n, 2), dh = random_values<T>(n, 4);
  Values<T> all;
  const auto note = [&](const Values<T>& values) {
    all.insert(all.end(), values.begin(), values.end());
  };
  if (reference) {
    kernels::reference::lstm_step(rows, units, z.data(), before.data(), c.data(), h.data());
  } else {
    kernels::lstm_step(rows, units, z.data(), before.data(), c.data(), h.data());
  }
  for (const Values<T>* values : {&z, &c, &h}) note(*values);
  if (reference) {
    kernels::reference::lstm_step_gradient(rows, units, z.data(), before.data(), c.data(),
                                           dh.data(), dc.data());
  } else {
    kernels::lstm_step_gradient(rows, units, z.data(), before.data(), c.data(), dh.data(),
                                dc.data());
  }
  note(z);
  note(dc);
  return all;
}

template <class T>
Values<T> gru(bool reference, std::size_t rows, std::size_t units) {
  const std::size_t n = rows * units;
  Values<T> x = wide<T>(3 * n, 1), inner = wide<T>(3 * n, 5), h(n), dh = random_values<T>(n, 4);
  const Values<T> before = random_values<T>(n, 2);
  Values<T> all;
  const auto note = [&](const Values<T>& values) {
    all.insert(all.end(), values.begin(), values.end());
  };
  if (reference) {
    kernels::reference::gru_step(rows, units, x.data(), inner.data(), before.data(), h.data());
  } else {
    kernels::gru_step(rows, units, x.data(), inner.data(), before.data(), h.data());
  }
  note(x);
  note(h);
  if (reference) {
    kernels::reference::gru_step_gradient(rows, units, x.data(), inner.data(), before.data(),
                                          dh.data());
  } else {
    kernels::gru_step_gradient(rows, units, x.data(), inner.data(), before.data(), dh.data());
  }
  for (const Values<T>* values : {&x, &inner, &dh}) note(*values);
  return all;
}

constexpr std::size_t all_rows[] = {0, 1, 7, 33};
constexpr std::size_t all_units[] = {1, 3, 8, 17, 64, 150};

}  // namespace

TEST_CASE_TEMPLATE("lstm_step and gru_step are the plain loops", T, float, double) {
  testing::for_each_target([] {
    for (const std::size_t rows : all_rows) {
      for (const std::size_t units : all_units) {
        CAPTURE(rows);
        CAPTURE(units);
        // Gradients reach 30 times what goes in.
        check_close(lstm<T>(false, rows, units), lstm<T>(true, rows, units), 1);
        check_close(gru<T>(false, rows, units), gru<T>(true, rows, units), 30);
      }
    }
  });
}

TEST_CASE_TEMPLATE("lstm_step and gru_step give the same bits on any threads", T, float, double) {
  testing::check_same_on_any_threads([] { return lstm<T>(false, 301, 24); });
  testing::check_same_on_any_threads([] { return gru<T>(false, 301, 24); });
}
