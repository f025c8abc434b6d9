#pragma once

#include "../../framework/activation.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// What a GRU does in a step beside its products, with any activations. `x` (rows, 3 units) has the
/// pre-activations of the gates z, r and the candidate g side by side, as far as they come from the
/// input. What becomes of it is for the backward functions alone, which make it its gradient.
class GruGates {
 public:
  GruGates(const Spec<ActivationFunction>& activation,
           const Spec<ActivationFunction>& recurrent_activation, std::size_t rows,
           std::size_t units);

  // With the reset gate after the product, `inner` being the product of the state: as
  // kernels::gru_step; tanh with sigmoid uses it.
  void after(real* x, const real* inner, const real* h_before, real* h) const;
  void after_backward(real* x, real* inner, const real* h_before, real* dh) const;

  // With the reset gate before it: once z and r are complete, the state that goes into the product;
  // once g is complete too, the new state.
  void reset(const real* x, const real* h_before, real* reset_state) const;
  void mix(const real* x, const real* h_before, real* h) const;
  /// From dh, which becomes what comes to h_before directly, the gradients of z and g; that of z is
  /// kept for reset_backward.
  Tensor mix_backward(real* x, const real* h_before, real* dh) const;
  /// From the gradient of the reset state the rest.
  void reset_backward(real* x, const Tensor& to_z, const real* h_before, const real* to_reset_state,
                      real* dh) const;

 private:
  const Spec<ActivationFunction>& activation_;
  const Spec<ActivationFunction>& recurrent_;
  std::size_t rows_, units_;
  bool fused_;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
