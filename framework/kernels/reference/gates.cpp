#include "gates.hpp"

#include <cmath>

namespace keratin::kernels::reference {
namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double sigmoid_slope(double y) { return y * (1 - y); }
double tanh_slope(double y) { return 1 - y * y; }

/// Gate `gate` of unit `u` of row `r`, of `gates` gates.
template <class T>
T& at(T* z, std::size_t r, std::size_t gates, std::size_t gate, std::size_t units, std::size_t u) {
  return z[(r * gates + gate) * units + u];
}

}  // namespace

template <class T>
void lstm_step(std::size_t rows, std::size_t units, T* z, const T* c_before, T* c, T* h) {
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t u = 0; u < units; ++u) {
      const std::size_t k = r * units + u;
      const double i = sigmoid(double{at(z, r, 4, 0, units, u)});
      const double f = sigmoid(double{at(z, r, 4, 1, units, u)});
      const double g = std::tanh(double{at(z, r, 4, 2, units, u)});
      const double o = sigmoid(double{at(z, r, 4, 3, units, u)});
      const double state = f * double{c_before[k]} + i * g;
      const double gates[] = {i, f, g, o};
      for (std::size_t gate = 0; gate < 4; ++gate)
        at(z, r, 4, gate, units, u) = static_cast<T>(gates[gate]);
      c[k] = static_cast<T>(state);
      h[k] = static_cast<T>(o * std::tanh(state));
    }
  }
}

template <class T>
void lstm_step_gradient(std::size_t rows, std::size_t units, T* gates, const T* c_before,
                        const T* c, const T* dh, T* dc) {
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t u = 0; u < units; ++u) {
      const std::size_t k = r * units + u;
      const double i = double{at(gates, r, 4, 0, units, u)},
                   f = double{at(gates, r, 4, 1, units, u)};
      const double g = double{at(gates, r, 4, 2, units, u)},
                   o = double{at(gates, r, 4, 3, units, u)};
      const double squashed = std::tanh(double{c[k]});
      const double to_c = double{dc[k]} + double{dh[k]} * o * tanh_slope(squashed);
      const double to_gates[] = {
          to_c * g * sigmoid_slope(i), to_c * double{c_before[k]} * sigmoid_slope(f),
          to_c * i * tanh_slope(g), double{dh[k]} * squashed * sigmoid_slope(o)};
      for (std::size_t gate = 0; gate < 4; ++gate)
        at(gates, r, 4, gate, units, u) = static_cast<T>(to_gates[gate]);
      dc[k] = static_cast<T>(to_c * f);
    }
  }
}

template <class T>
void gru_step(std::size_t rows, std::size_t units, T* x, const T* inner, const T* h_before, T* h) {
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t u = 0; u < units; ++u) {
      const std::size_t k = r * units + u;
      const auto sum = [&](std::size_t gate, double factor) {
        return double{at(x, r, 3, gate, units, u)} +
               factor * double{at(inner, r, 3, gate, units, u)};
      };
      const double z = sigmoid(sum(0, 1)), reset = sigmoid(sum(1, 1));
      const double g = std::tanh(sum(2, reset));
      at(x, r, 3, 0, units, u) = static_cast<T>(z);
      at(x, r, 3, 1, units, u) = static_cast<T>(reset);
      at(x, r, 3, 2, units, u) = static_cast<T>(g);
      h[k] = static_cast<T>(z * double{h_before[k]} + (1 - z) * g);
    }
  }
}

template <class T>
void gru_step_gradient(std::size_t rows, std::size_t units, T* gates, T* inner, const T* h_before,
                       T* dh) {
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t u = 0; u < units; ++u) {
      const std::size_t k = r * units + u;
      const double z = double{at(gates, r, 3, 0, units, u)};
      const double reset = double{at(gates, r, 3, 1, units, u)};
      const double g = double{at(gates, r, 3, 2, units, u)}, to_h = double{dh[k]};
      const double to_z = to_h * (double{h_before[k]} - g) * sigmoid_slope(z);
      const double to_g = to_h * (1 - z) * tanh_slope(g);
      const double to_r = to_g * double{at(inner, r, 3, 2, units, u)} * sigmoid_slope(reset);
      const double to_x[] = {to_z, to_r, to_g}, to_inner[] = {to_z, to_r, to_g * reset};
      for (std::size_t gate = 0; gate < 3; ++gate) {
        at(gates, r, 3, gate, units, u) = static_cast<T>(to_x[gate]);
        at(inner, r, 3, gate, units, u) = static_cast<T>(to_inner[gate]);
      }
      dh[k] = static_cast<T>(to_h * z);
    }
  }
}

#define KERATIN_GATES(T)                                                                       \
  template void lstm_step(std::size_t, std::size_t, T*, const T*, T*, T*);                     \
  template void lstm_step_gradient(std::size_t, std::size_t, T*, const T*, const T*, const T*, \
                                   T*);                                                        \
  template void gru_step(std::size_t, std::size_t, T*, const T*, const T*, T*);                \
  template void gru_step_gradient(std::size_t, std::size_t, T*, T*, const T*, T*);
KERATIN_GATES(float)
KERATIN_GATES(double)
#undef KERATIN_GATES

}  // namespace keratin::kernels::reference
