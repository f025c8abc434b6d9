#include "lstm_gates.hpp"

#include "../../framework/kernels/lstm.hpp"
#include "gate_activation.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// The gates of a step, from their pre-activations.
struct Gates {
  GateActivation squash, gate;
  std::size_t units, stride;
  Tensor i, f, g, o;

  Gates(const Spec<ActivationFunction>& activation, const Spec<ActivationFunction>& recurrent,
        std::size_t rows, std::size_t width, const real* z)
      : squash(activation, rows, width),
        gate(recurrent, rows, width),
        units(width),
        stride(4 * width),
        i(gate.forward(z, stride)),
        f(gate.forward(z + units, stride)),
        g(squash.forward(z + 2 * units, stride)),
        o(gate.forward(z + 3 * units, stride)) {}
};

}  // namespace

LstmGates::LstmGates(const Spec<ActivationFunction>& activation,
                     const Spec<ActivationFunction>& recurrent_activation, std::size_t rows,
                     std::size_t units)
    : activation_(activation),
      recurrent_(recurrent_activation),
      rows_(rows),
      units_(units),
      fused_(is_activation(activation, "tanh") && is_activation(recurrent_activation, "sigmoid")) {}

void LstmGates::forward(real* z, const real* c_before, real* c, real* h) const {
  if (fused_) return kernels::lstm_step<real>(rows_, units_, z, c_before, c, h);
  const Gates gates(activation_, recurrent_, rows_, units_, z);
  for (std::size_t k = 0; k < rows_ * units_; ++k)
    c[k] = gates.f.data()[k] * c_before[k] + gates.i.data()[k] * gates.g.data()[k];
  const Tensor squashed = gates.squash.forward(c, units_);
  for (std::size_t k = 0; k < rows_ * units_; ++k) h[k] = gates.o.data()[k] * squashed.data()[k];
}

void LstmGates::backward(real* z, const real* c_before, const real* c, const real* dh,
                         real* dc) const {
  if (fused_) return kernels::lstm_step_gradient<real>(rows_, units_, z, c_before, c, dh, dc);
  const Gates gates(activation_, recurrent_, rows_, units_, z);
  const Tensor squashed = gates.squash.forward(c, units_);
  Tensor to_squashed = empty(shape_of(squashed)), to_i = to_squashed, to_f = to_squashed;
  Tensor to_g = to_squashed, to_o = to_squashed;
  for (std::size_t k = 0; k < rows_ * units_; ++k) {
    to_squashed.data()[k] = dh[k] * gates.o.data()[k];
    to_o.data()[k] = dh[k] * squashed.data()[k];
  }
  const Tensor to_c = gates.squash.backward(c, units_, squashed, std::move(to_squashed));
  for (std::size_t k = 0; k < rows_ * units_; ++k) {
    const real sum = dc[k] + to_c.data()[k];
    to_i.data()[k] = sum * gates.g.data()[k];
    to_f.data()[k] = sum * c_before[k];
    to_g.data()[k] = sum * gates.i.data()[k];
    dc[k] = sum * gates.f.data()[k];
  }
  const auto finish = [&](const GateActivation& activation, std::size_t gate, const Tensor& y,
                          Tensor dy) {
    real* const place = z + gate * units_;
    activation.put(activation.backward(place, gates.stride, y, std::move(dy)), place, gates.stride);
  };
  finish(gates.gate, 0, gates.i, std::move(to_i));
  finish(gates.gate, 1, gates.f, std::move(to_f));
  finish(gates.squash, 2, gates.g, std::move(to_g));
  finish(gates.gate, 3, gates.o, std::move(to_o));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
