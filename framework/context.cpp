#include "context.hpp"

#include <algorithm>

#include "layer.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

/// Spreads (parent, i) over all 64-bit numbers (the finalizer of MurmurHash3).
std::uint64_t child_id(std::uint64_t parent, std::size_t i) {
  std::uint64_t h = parent * 0x9E3779B97F4A7C15 + i + 1;
  h = (h ^ (h >> 33)) * 0xFF51AFD7ED558CCD;
  h = (h ^ (h >> 33)) * 0xC4CEB9FE1A85EC53;
  return h ^ (h >> 33);
}

/// Keras divides activity penalties by the batch size (from 3.14 on, as Keras 2 did).
double activity_scale(const Tensor& output) {
  return output.dimension() == 0 || output.shape(0) == 0
             ? 1.0
             : 1.0 / static_cast<double>(output.shape(0));
}

}  // namespace

const CallOptions& Context::call() const {
  static const CallOptions none;
  return call_ ? *call_ : none;
}

void Context::set_call(const CallOptions& options) {
  call_ = &options;
  if (options.training) training_ = options.training;
}

void Context::set_output_mask(Tensor mask, std::size_t i) {
  if (output_masks_.size() <= i) output_masks_.resize(i + 1);
  output_masks_[i] = std::move(mask);
}

const Tensor* Context::output_mask(std::size_t i) const {
  return i < output_masks_.size() && output_masks_[i] ? &*output_masks_[i] : nullptr;
}

const Tensor& Context::current(Parameter& parameter) const {
  const auto proposed = step_->updates.find(&parameter);
  return proposed == step_->updates.end() ? parameter.value() : proposed->second;
}

Random Context::random(std::uint64_t seed) const {
  return Random(seed ^ step_->seed, child_id(id_, step_->index));
}

Context& Context::child(std::size_t i) {
  while (children_.size() <= i) children_.push_back(passing_child(children_.size()));
  return *children_[i];
}

std::unique_ptr<Context> Context::passing_child(std::size_t i) const {
  auto made = std::make_unique<Context>(*step_, child_id(id_, i));
  // An override of the training mode holds for everything the layer calls.
  made->training_ = training_;
  return made;
}

TensorRefs Context::run(const Layer& layer, TensorRefs inputs) {
  layer_ = &layer;
  inputs_.assign(inputs.begin(), inputs.end());
  layer.check_inputs(inputs_);
  layer.run(inputs_, *this);
  pass_on_masks(layer);
  if (step_->penalties && layer.activity_regularizer()) penalize_activity(layer);
  return outputs_;
}

const Tensor& Context::run(const Layer& layer, const Tensor& input) {
  const Tensor* inputs[] = {&input};
  return *run(layer, inputs)[0];
}

void Context::pass_on_masks(const Layer& layer) {
  if (!output_masks_.empty() || !layer.supports_masking()) return;
  if (const Tensor* first = mask(0)) {
    for (std::size_t i = 0; i < outputs_.size(); ++i) set_output_mask(*first, i);
  }
}

void Context::penalize_activity(const Layer& layer) {
  for (const Tensor* output : outputs_)
    add_penalty((*layer.activity_regularizer())(*output) * activity_scale(*output));
}

Tensors Context::run_backward(Tensors output_gradients) {
  if (step_->penalties && layer_->activity_regularizer()) {
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      layer_->activity_regularizer()->add_gradient(output(i), activity_scale(output(i)),
                                                   output_gradients[i]);
    }
  }
  return layer_->backward_all(std::move(output_gradients), *this);
}

Tensor Context::run_backward(Tensor output_gradient) {
  Tensors gradients;
  gradients.push_back(std::move(output_gradient));
  return std::move(run_backward(std::move(gradients))[0]);
}

void Context::set_outputs(Tensors outputs) {
  owned_outputs_ = std::move(outputs);
  outputs_.clear();
  for (const Tensor& output : owned_outputs_) outputs_.push_back(&output);
}

Tensors Context::take_outputs() {
  Tensors taken;
  for (const Tensor* output : outputs_) {
    const auto owned = std::ranges::find_if(
        owned_outputs_, [output](const Tensor& candidate) { return &candidate == output; });
    taken.push_back(owned == owned_outputs_.end() ? *output : std::move(*owned));
  }
  outputs_.clear();
  return taken;
}

}  // namespace keratin::inline KERATIN_VARIANT
