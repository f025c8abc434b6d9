#pragma once

#include <any>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "base/random.hpp"
#include "step.hpp"
#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

class ActivationFunction;
class Layer;

using TensorRefs = std::span<const Tensor* const>;

/// How a layer is called, beyond its tensors.
struct CallOptions {
  /// Overrides the step's: `base(inputs, {.training = false})` in transfer learning.
  std::optional<bool> training = {};
  /// The keyword of each input, where it has one ("initial_state", "attention_mask"): as many as
  /// inputs, or none.
  std::vector<std::string> input_names = {};
  /// The arguments that are no tensors, by keyword. Null: none.
  std::shared_ptr<const Json> arguments = {};
};

/// The memory of one call of one layer: what went in, what came out, and what the layer noted for
/// its backward pass. Layers themselves stay unchanged while they compute, so one layer can be
/// called many times in a step, and from many threads.
class Context {
 public:
  explicit Context(Step& step, std::uint64_t id = 0) : step_(&step), id_(id) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // For the layer that is being called.

  bool training() const { return training_.value_or(step_->training); }
  bool backward_follows() const { return step_->backward; }
  const CallOptions& call() const;

  const Tensor& input(std::size_t i = 0) const { return *inputs_[i]; }
  const Tensor& output(std::size_t i = 0) const { return *outputs_[i]; }
  TensorRefs inputs() const { return inputs_; }
  TensorRefs outputs() const { return outputs_; }
  /// Whether backward must return the gradient of input i; what it returns for others is ignored,
  /// an empty Tensor will do.
  bool wants_input_gradient(std::size_t i = 0) const { return wanted_.empty() || wanted_[i]; }
  /// The activation function that this call applies to its output at last, and whose gradient its
  /// backward begins with; only for a layer that takes_activation(). Null: none.
  const ActivationFunction* following() const { return following_; }
  /// The mask that came with input i: 1 where a step counts, 0 where it is padding; or null.
  const Tensor* mask(std::size_t i = 0) const { return i < masks_.size() ? masks_[i] : nullptr; }
  /// The mask that goes on with output i. A layer that sets none passes on that of its first
  /// input if it supports masking, and none otherwise.
  void set_output_mask(Tensor mask, std::size_t i = 0);
  const Tensor* output_mask(std::size_t i = 0) const;

  /// Notes `state` for backward; `saved<State>()` reads it there. One of each type.
  template <class State>
  const State& save(State state) {
    return *std::any_cast<State>(&saved_.emplace_back(std::move(state)));
  }
  template <class State>
  const State& saved() const {
    return *find_saved<State>();
  }
  template <class State>
  bool has_saved() const {
    return find_saved<State>() != nullptr;
  }

  /// Whether the gradient of `parameter` is wanted; computing it otherwise is wasted work.
  bool wants(const Parameter& parameter) const { return step_->backward && parameter.trainable(); }
  /// Adds to the gradient of `parameter` in this step, if it is wanted.
  void add_gradient(const Parameter& parameter, Tensor gradient) {
    if (wants(parameter)) step_->gradients.add(parameter, std::move(gradient));
  }

  /// Proposes a new value for a non-trainable parameter, assigned when the step is over.
  void update(Parameter& parameter, Tensor value) {
    step_->updates.insert_or_assign(&parameter, std::move(value));
  }
  /// The value of `parameter` with what earlier calls of this step proposed.
  const Tensor& current(Parameter& parameter) const;

  /// Whether penalties count in this step, and adding one (keras.Layer.add_loss).
  bool penalties() const { return step_->penalties; }
  void add_penalty(double penalty) { step_->penalty += penalty; }

  /// The random numbers of this call for a layer with `seed`: others in each step and each call.
  Random random(std::uint64_t seed) const;

  /// The memory of the `i`-th call that a composite layer makes.
  Context& child(std::size_t i);
  /// The same, for a call that is forgotten at once because no backward pass follows.
  std::unique_ptr<Context> passing_child(std::size_t i) const;
  /// Gives the memory of child i back: its backward is done, and nobody reads its outputs.
  void forget_child(std::size_t i) { children_[i].reset(); }

  // For the caller.

  void set_call(const CallOptions& options);
  void set_masks(std::vector<const Tensor*> masks) { masks_ = std::move(masks); }
  void set_following(const ActivationFunction* function) { following_ = function; }
  void set_wanted(std::vector<bool> wanted) { wanted_ = std::move(wanted); }
  Step& step() { return *step_; }
  std::uint64_t id() const { return id_; }

  /// Runs `layer` forward with this context as its memory, after checking that the inputs suit
  /// it. The inputs must outlive the context.
  TensorRefs run(const Layer& layer, TensorRefs inputs);
  const Tensor& run(const Layer& layer, const Tensor& input);
  const Tensor& run(const Layer& layer, Tensor&& input) = delete;  // backward would find it gone
  /// Runs the same layer backward, once; returns the gradients of its inputs.
  Tensors run_backward(Tensors output_gradients);
  Tensor run_backward(Tensor output_gradient);

  /// Makes `outputs` the outputs of this call.
  void set_outputs(Tensors outputs);
  /// Makes tensors that live elsewhere, at least as long as this context, the outputs.
  void refer_outputs(std::vector<const Tensor*> outputs) { outputs_ = std::move(outputs); }
  /// Moves the outputs out of a context that is done.
  Tensors take_outputs();
  std::vector<std::optional<Tensor>> take_output_masks() { return std::move(output_masks_); }

 private:
  template <class State>
  const State* find_saved() const {
    for (const std::any& saved : saved_) {
      if (const State* state = std::any_cast<State>(&saved)) return state;
    }
    return nullptr;
  }
  void pass_on_masks(const Layer& layer);
  void penalize_activity(const Layer& layer);

  Step* step_;
  std::uint64_t id_;
  const Layer* layer_ = nullptr;
  const CallOptions* call_ = nullptr;
  const ActivationFunction* following_ = nullptr;
  std::optional<bool> training_;
  std::vector<const Tensor*> inputs_;
  std::vector<const Tensor*> masks_;
  std::vector<bool> wanted_;
  Tensors owned_outputs_;
  std::vector<const Tensor*> outputs_;
  std::vector<std::optional<Tensor>> output_masks_;
  std::deque<std::any> saved_;  // deque: what save() returned stays where it is
  std::vector<std::unique_ptr<Context>> children_;
};

}  // namespace keratin::inline KERATIN_VARIANT
