#include "gru_gates.hpp"

#include "../../framework/kernels/gru.hpp"
#include "gate_activation.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// The gradient of the pre-activation at `x`, whose value is y.
void put_gradient(const GateActivation& activation, real* x, std::size_t stride, const Tensor& y,
                  Tensor dy) {
  activation.put(activation.backward(x, stride, y, std::move(dy)), x, stride);
}

}  // namespace

GruGates::GruGates(const Spec<ActivationFunction>& activation,
                   const Spec<ActivationFunction>& recurrent_activation, std::size_t rows,
                   std::size_t units)
    : activation_(activation),
      recurrent_(recurrent_activation),
      rows_(rows),
      units_(units),
      fused_(is_activation(activation, "tanh") && is_activation(recurrent_activation, "sigmoid")) {}

void GruGates::after(real* x, const real* inner, const real* h_before, real* h) const {
  if (fused_) return kernels::gru_step<real>(rows_, units_, x, inner, h_before, h);
  const GateActivation gate(recurrent_, rows_, units_);
  const std::size_t stride = 3 * units_;
  for (std::size_t r = 0; r < rows_; ++r) {
    for (std::size_t k = r * stride; k < r * stride + 2 * units_; ++k) x[k] += inner[k];
  }
  const Tensor reset = gate.forward(x + units_, stride);
  for (std::size_t r = 0; r < rows_; ++r) {
    for (std::size_t u = 0; u < units_; ++u) {
      const std::size_t k = r * stride + 2 * units_ + u;
      x[k] += reset.data()[r * units_ + u] * inner[k];
    }
  }
  mix(x, h_before, h);
}

void GruGates::after_backward(real* x, real* inner, const real* h_before, real* dh) const {
  if (fused_) return kernels::gru_step_gradient<real>(rows_, units_, x, inner, h_before, dh);
  const GateActivation gate(recurrent_, rows_, units_);
  const std::size_t stride = 3 * units_;
  const Tensor z = gate.forward(x, stride), reset = gate.forward(x + units_, stride);
  Tensor to_z = mix_backward(x, h_before, dh), to_reset = empty(shape_of(reset));
  for (std::size_t r = 0; r < rows_; ++r) {
    for (std::size_t u = 0; u < units_; ++u) {
      const std::size_t k = r * stride + 2 * units_ + u, i = r * units_ + u;
      to_reset.data()[i] = x[k] * inner[k];
      inner[k] = x[k] * reset.data()[i];
    }
  }
  put_gradient(gate, x, stride, z, std::move(to_z));
  put_gradient(gate, x + units_, stride, reset, std::move(to_reset));
  for (std::size_t r = 0; r < rows_; ++r) {
    for (std::size_t k = r * stride; k < r * stride + 2 * units_; ++k) inner[k] = x[k];
  }
}

void GruGates::reset(const real* x, const real* h_before, real* reset_state) const {
  const Tensor reset = GateActivation(recurrent_, rows_, units_).forward(x + units_, 3 * units_);
  for (std::size_t i = 0; i < rows_ * units_; ++i) reset_state[i] = reset.data()[i] * h_before[i];
}

void GruGates::mix(const real* x, const real* h_before, real* h) const {
  const Tensor z = GateActivation(recurrent_, rows_, units_).forward(x, 3 * units_);
  const Tensor g = GateActivation(activation_, rows_, units_).forward(x + 2 * units_, 3 * units_);
  for (std::size_t i = 0; i < rows_ * units_; ++i)
    h[i] = z.data()[i] * h_before[i] + (1 - z.data()[i]) * g.data()[i];
}

Tensor GruGates::mix_backward(real* x, const real* h_before, real* dh) const {
  const GateActivation squash(activation_, rows_, units_);
  const std::size_t stride = 3 * units_;
  const Tensor z = GateActivation(recurrent_, rows_, units_).forward(x, stride);
  const Tensor g = squash.forward(x + 2 * units_, stride);
  Tensor to_z = empty(shape_of(z)), to_g = empty(shape_of(g));
  for (std::size_t i = 0; i < rows_ * units_; ++i) {
    to_z.data()[i] = dh[i] * (h_before[i] - g.data()[i]);
    to_g.data()[i] = dh[i] * (1 - z.data()[i]);
    dh[i] *= z.data()[i];
  }
  put_gradient(squash, x + 2 * units_, stride, g, std::move(to_g));
  return to_z;
}

void GruGates::reset_backward(real* x, const Tensor& to_z, const real* h_before,
                              const real* to_reset_state, real* dh) const {
  const GateActivation gate(recurrent_, rows_, units_);
  const std::size_t stride = 3 * units_;
  const Tensor z = gate.forward(x, stride), reset = gate.forward(x + units_, stride);
  Tensor to_reset = empty(shape_of(reset));
  for (std::size_t i = 0; i < rows_ * units_; ++i) {
    to_reset.data()[i] = to_reset_state[i] * h_before[i];
    dh[i] += to_reset_state[i] * reset.data()[i];
  }
  put_gradient(gate, x, stride, z, to_z);
  put_gradient(gate, x + units_, stride, reset, std::move(to_reset));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
