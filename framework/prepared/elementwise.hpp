#pragma once

#include <vector>

#include "ending.hpp"
#include "operation.hpp"

namespace keratin::inline KERATIN_VARIANT::prepared {

/// x * factors + shifts for each channel, which is the last axis; then an activation.
class Rescale final : public Operation {
 public:
  Rescale(std::vector<real> factors, std::vector<real> shifts)
      : factors_(std::move(factors)), shifts_(std::move(shifts)) {}
  const std::vector<real>& factors() const { return factors_; }
  const std::vector<real>& shifts() const { return shifts_; }

  std::shared_ptr<Operation> followed_by(const std::shared_ptr<Operation>& next) override;
  std::optional<Bound> bind(const Shapes& inputs) const override;

 private:
  std::vector<real> factors_, shifts_;
  Ending ending_;
};

/// An activation function that keeps the shape.
class Activate final : public Operation {
 public:
  explicit Activate(Spec<ActivationFunction> function)
      : function_(std::move(function)), ending_(function_) {}
  const Spec<ActivationFunction>& function() const { return function_; }
  std::optional<Bound> bind(const Shapes& inputs) const override;

 private:
  Spec<ActivationFunction> function_;
  Ending ending_;
};

/// What applies `function`: null where that needs a tensor of its own, or changes the shape.
std::shared_ptr<Operation> activate(const Spec<ActivationFunction>& function);

/// The sum of tensors of one shape, then an activation.
class Sum final : public Operation {
 public:
  std::shared_ptr<Operation> followed_by(const std::shared_ptr<Operation>& next) override;
  std::optional<Bound> bind(const Shapes& inputs) const override;

 private:
  Ending ending_;
};

}  // namespace keratin::inline KERATIN_VARIANT::prepared
