#pragma once

#include "../../framework/activation.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// What an LSTM does in a step after its products (kernels::lstm_step), with any activations:
/// tanh with sigmoid has a kernel of its own.
class LstmGates {
 public:
  LstmGates(const Spec<ActivationFunction>& activation,
            const Spec<ActivationFunction>& recurrent_activation, std::size_t rows,
            std::size_t units);
  /// What becomes of z (rows, 4 units) is for backward() alone.
  void forward(real* z, const real* c_before, real* c, real* h) const;
  /// z becomes its gradient, dc that of c_before.
  void backward(real* z, const real* c_before, const real* c, const real* dh, real* dc) const;

 private:
  const Spec<ActivationFunction>& activation_;
  const Spec<ActivationFunction>& recurrent_;
  std::size_t rows_, units_;
  bool fused_;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
