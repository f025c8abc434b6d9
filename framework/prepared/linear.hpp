#pragma once

#include <vector>

#include "../kernels/gemm.hpp"
#include "../parameter.hpp"
#include "ending.hpp"
#include "operation.hpp"

namespace keratin::inline KERATIN_VARIANT::prepared {

/// An operation that is linear in its input but for a bias for each channel of the output, its last
/// axis, and an activation at its end: Rescale and Activate can be folded into it.
class Linear : public Operation {
 public:
  Linear(std::size_t channels, const Parameter* bias, const Spec<ActivationFunction>& activation);
  Linear(std::vector<real> bias, Ending ending)
      : bias_(std::move(bias)), ending_(std::move(ending)) {}

  std::shared_ptr<Operation> followed_by(const std::shared_ptr<Operation>& next) override;
  bool add_input() final;

 protected:
  /// Multiplies what each output channel is computed with by its factor.
  virtual void scale(const std::vector<real>& factors) = 0;
  /// Whether it can add a tensor before the activation: what then is its second input.
  virtual bool can_add() const { return false; }

  bool adds() const { return adds_; }
  const std::vector<real>& bias() const { return bias_; }
  const Ending& ending() const { return ending_; }
  /// The bias and the bounds.
  kernels::Epilogue<real> epilogue() const;

 private:
  std::vector<real> bias_;
  Ending ending_;
  bool adds_ = false;
};

/// Multiplies x(i, c, j) by factors(c); c counts the factors, j `inner` elements.
void scale_axis(const std::vector<real>& factors, std::size_t inner, Tensor& x);

}  // namespace keratin::inline KERATIN_VARIANT::prepared
