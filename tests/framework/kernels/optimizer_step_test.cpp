#include "../../../framework/kernels/optimizer_step.hpp"

#include <algorithm>
#include <cmath>

#include "../../support/kernel_checks.hpp"

using namespace keratin;
using testing::check_close;
using testing::random_values;

namespace {

/// Two steps on a weight and its slots: by a kernel, and by `formula` for each element, in double.
template <class T, class Kernel, class Formula>
void check_step(const Kernel& kernel, const Formula& formula) {
  testing::for_each_target([&] {
    for (const std::size_t count : {0, 1, 5, 33, 20000}) {
      CAPTURE(count);
      std::vector<T> state[4], expected[4];
      for (std::size_t s = 0; s < 4; ++s) {
        state[s] = random_values<T>(count, s + 1);
        if (s > 0) {  // the slots: velocities are not negative
          for (T& value : state[s]) value = std::abs(value) + T{1};
        }
        expected[s] = state[s];
      }
      for (std::size_t step = 0; step < 2; ++step) {
        std::vector<T> g = random_values<T>(count, 7 + step);
        kernel(count, g.data(), state[0].data(), state[1].data(), state[2].data(), state[3].data());
        for (std::size_t k = 0; k < count; ++k) {
          double values[4];
          for (std::size_t s = 0; s < 4; ++s) values[s] = double(expected[s][k]);
          formula(double(g[k]), values[0], values[1], values[2], values[3]);
          for (std::size_t s = 0; s < 4; ++s) expected[s][k] = static_cast<T>(values[s]);
        }
      }
      for (std::size_t s = 0; s < 4; ++s) {
        CAPTURE(s);
        check_close(state[s], expected[s]);
      }
    }
  });
}

}  // namespace

TEST_CASE_TEMPLATE("The step of SGD", T, float, double) {
  for (const bool nesterov : {false, true}) {
    const kernels::SgdStep<T> step{T(0.1), T(0.02), T(0.75), nesterov};
    const double rate = double(step.rate), decay = double(step.decay),
                 momentum = double(step.momentum);
    check_step<T>(
        [&](std::size_t n, const T* g, T* w, T*, T*, T*) {
          T* none = nullptr;
          kernels::sgd_step(n, step, g, w, none);
        },
        [&](double g, double& w, double&, double&, double&) { w -= w * decay + rate * g; });
    check_step<T>(
        [&](std::size_t n, const T* g, T* w, T* m, T*, T*) { kernels::sgd_step(n, step, g, w, m); },
        [&](double g, double& w, double& m, double&, double&) {
          m = momentum * m - rate * g;
          w += (nesterov ? momentum * m - rate * g : m) - w * decay;
        });
  }
}

TEST_CASE_TEMPLATE("The step of RMSprop", T, float, double) {
  const kernels::RmspropStep<T> s{T(0.1), T(0.02), T(0.75), T(0.5), T(0.01)};
  const double rho = double(s.rho);
  for (const bool with_momentum : {false, true}) {
    for (const bool centered : {false, true}) {
      check_step<T>(
          [&](std::size_t n, const T* g, T* w, T* v, T* m, T* average) {
            for (std::size_t k = 0; k < n; ++k) average[k] /= 16;
            kernels::rmsprop_step(n, s, g, w, v, with_momentum ? m : nullptr,
                                  centered ? average : nullptr);
          },
          [&](double g, double& w, double& v, double& m, double& average) {
            average /= 16;
            v = rho * v + (1 - rho) * g * g;
            if (centered) average = rho * average + (1 - rho) * g;
            const double variance = v - (centered ? average * average : 0);
            double change = double(s.rate) * g / std::sqrt(variance + double(s.epsilon));
            if (with_momentum) change = m = double(s.momentum) * m + change;
            w -= w * double(s.decay) + change;
          });
    }
  }
}

TEST_CASE_TEMPLATE("The step of Adam", T, float, double) {
  const kernels::AdamStep<T> s{T(0.1), T(0.02), T(0.1), T(0.01), T(1e-3)};
  for (const bool amsgrad : {false, true}) {
    check_step<T>(
        [&](std::size_t n, const T* g, T* w, T* m, T* v, T* largest) {
          kernels::adam_step(n, s, g, w, m, v, amsgrad ? largest : nullptr);
        },
        [&](double g, double& w, double& m, double& v, double& largest) {
          m += (g - m) * double(s.rest_1);
          v += (g * g - v) * double(s.rest_2);
          double scale = v;
          if (amsgrad) scale = largest = std::max(largest, v);
          w -= w * double(s.decay) + double(s.alpha) * m / (std::sqrt(scale) + double(s.epsilon));
        });
  }
}

TEST_CASE("A step is the same on any number of threads") {
  testing::check_same_on_any_threads([] {
    std::vector<float> w = random_values<float>(100003), m(w.size()), v(w.size());
    const std::vector<float> g = random_values<float>(w.size(), 2);
    float* none = nullptr;
    kernels::adam_step<float>(w.size(), {0.1f, 0, 0.1f, 0.01f, 1e-3f}, g.data(), w.data(), m.data(),
                              v.data(), none);
    return w;
  });
}
