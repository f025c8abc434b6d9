#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../../framework/configurable.hpp"
#include "../../framework/gradients.hpp"
#include "../../framework/parameter.hpp"
#include "../../framework/registry.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace optimizers {

/// Changes weights by their gradients, and keeps what it needs to between steps
/// (keras.optimizers.Optimizer).
class Optimizer : public Configurable {
 public:
  static constexpr std::string_view kind = "optimizer";
  std::string_view module() const override { return "keras.optimizers"; }

  /// Makes the state for `parameters`, in their order. Does nothing the second time.
  virtual void build(const std::vector<Parameter*>& parameters) = 0;
  /// One step: changes each of the parameters that has a gradient, then applies its constraint.
  virtual void apply(Gradients& gradients, const std::vector<Parameter*>& parameters) = 0;

  virtual double learning_rate() const = 0;
  virtual void set_learning_rate(double learning_rate) = 0;
  virtual std::int64_t iterations() const = 0;

  /// A piece of state as files have it: iteration, learning_rate, then slots such as
  /// "sep_depthwise_kernel_momentum".
  struct Variable {
    std::string name;
    std::string dtype;
    Tensor value;
  };
  /// The state, in Keras's order.
  virtual std::vector<Variable> variables() const = 0;
  /// Puts back what variables() gave, in the same order. Throws ValueError where number or shapes
  /// do not fit.
  virtual void set_variables(const std::vector<Tensor>& values) = 0;
};

}  // namespace optimizers

template <>
Registry<optimizers::Optimizer>& Registry<optimizers::Optimizer>::instance();

/// An optimizer by name ("adam") or as an object, which is then shared.
class OptimizerSpec {
 public:
  /// Throws ValueError where the name is unknown.
  OptimizerSpec(const char* name) : OptimizerSpec(std::string(name)) {}
  OptimizerSpec(const std::string& name);
  OptimizerSpec(std::shared_ptr<optimizers::Optimizer> optimizer)
      : optimizer_(std::move(optimizer)) {}
  template <std::derived_from<optimizers::Optimizer> Object>
  OptimizerSpec(Object object) : optimizer_(std::make_shared<Object>(std::move(object))) {}

  optimizers::Optimizer& operator*() const { return *optimizer_; }
  optimizers::Optimizer* operator->() const { return optimizer_.get(); }
  const std::shared_ptr<optimizers::Optimizer>& shared() const { return optimizer_; }

 private:
  std::shared_ptr<optimizers::Optimizer> optimizer_;
};

}  // namespace keratin::inline KERATIN_VARIANT
