#include "trainer.hpp"

#include <algorithm>

#include "../framework/base/error.hpp"
#include "../framework/base/random.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

const Tensor* weight_of(const Batch& batch, std::size_t output) {
  if (output >= batch.sample_weight.size()) return nullptr;
  const Tensor& weight = batch.sample_weight[output];
  return weight.size() == 0 ? nullptr : &weight;
}

std::vector<const Tensor*> refs(const Tensors& tensors) {
  std::vector<const Tensor*> pointers;
  for (const Tensor& tensor : tensors) pointers.push_back(&tensor);
  return pointers;
}

}  // namespace

Trainer::Trainer(std::shared_ptr<Function> function, CompileOptions options)
    : function_(std::move(function)), options_(std::move(options)), seed_(next_seed()) {}

void Trainer::prepare(const Batch& batch) {
  if (!function_->built() && batch.x.size() == 1) function_->build({shape_of(batch.x[0])});
  if (!function_->graph()) function_->refuse("has no graph: its input shape is unknown");
  const auto& outputs = function_->graph()->outputs();
  if (judges_.empty()) {
    const Structure& structure = function_->output_structure();
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      judges_.push_back({structure.kind == Structure::dict ? structure.keys[i]
                                                           : outputs[i].node()->layer->name()});
    }
    assign_losses();
    assign_metrics(options_.metrics, &Judge::metric_specs);
    assign_metrics(options_.weighted_metrics, &Judge::weighted_specs);
  }
  parameters_ = function_->trainable_weights();
}

namespace {

/// Gives each output its part of `given`, through `set(output index, value)`.
template <class T, class Set>
void distribute(const PerOutput<T>& given, const std::vector<std::string>& names, const char* what,
                const Set& set) {
  for (std::size_t i = 0; i < names.size() && !given.all().empty(); ++i) set(i, given.all()[0]);
  if (!given.list().empty() && given.list().size() != names.size()) {
    throw ValueError(
        concat("When providing the `", what, "` argument as a list, it should have as ",
               "many entries as the model has outputs. Received: ", given.list().size(),
               " entries; the model has ", names.size(), " outputs"));
  }
  for (std::size_t i = 0; i < given.list().size(); ++i) set(i, given.list()[i]);
  for (const auto& [name, value] : given.by_name()) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) {
      throw ValueError(
          concat("In the dict argument `", what, "`, key '", name,
                 "' does not correspond to any model output. Received outputs: ", names));
    }
    set(static_cast<std::size_t>(found - names.begin()), value);
  }
}

}  // namespace

void Trainer::assign_losses() {
  std::vector<std::string> names;
  for (const Judge& judge : judges_) names.push_back(judge.name);
  distribute(options_.loss, names, "loss",
             [&](std::size_t i, const LossSpec& loss) { judges_[i].loss = loss; });
  distribute(options_.loss_weights, names, "loss_weights",
             [&](std::size_t i, double weight) { judges_[i].weight = weight; });
}

void Trainer::assign_metrics(const MetricSpecs& specs, MetricList Judge::*list) {
  if (!specs.flat().empty()) {
    if (judges_.size() == 1) {
      judges_[0].*list = specs.flat();
    } else if (specs.flat().size() == judges_.size()) {
      for (std::size_t i = 0; i < judges_.size(); ++i) (judges_[i].*list) = {specs.flat()[i]};
    } else {
      throw ValueError(
          concat("When providing the `metrics` argument as a list, it should have as ",
                 "many entries as the model has outputs. Received: ", specs.flat().size(),
                 " entries; the model has ", judges_.size(), " outputs"));
    }
  }
  if (!specs.list().empty() && specs.list().size() != judges_.size()) {
    throw ValueError(concat("The `metrics` have ", specs.list().size(), " lists; the model has ",
                            judges_.size(), " outputs"));
  }
  for (std::size_t i = 0; i < specs.list().size(); ++i) judges_[i].*list = specs.list()[i];
  for (const auto& [name, metrics] : specs.by_name()) {
    const auto found = std::ranges::find(judges_, name, &Judge::name);
    if (found == judges_.end()) {
      throw ValueError(concat("In the dict argument `metrics`, key '", name,
                              "' does not correspond to any model output."));
    }
    (*found).*list = metrics;
  }
}

void Trainer::check_targets(const Batch& batch) const {
  const auto judged = std::ranges::count_if(
      judges_, [](const Judge& judge) { return static_cast<bool>(judge.loss); });
  if (judged == 0)
    throw ValueError("No loss to compute. Provide a `loss` argument in `compile()`.");
  if (batch.y.size() != judges_.size()) {
    throw ValueError(concat("The model has ", judges_.size(),
                            " output(s). Received: ", batch.y.size(), " target(s)"));
  }
}

void Trainer::train_step(const Batch& batch) {
  prepare(batch);
  check_targets(batch);
  optimizer().build(parameters_);
  Step step{.training = true, .backward = true, .penalties = true, .seed = seed_, .index = step_++};
  Context context(step);
  context.set_wanted(std::vector<bool>(batch.x.size(), false));
  context.run(*function_, refs(batch.x));

  Tensors gradients;
  double loss = judge(batch, context, &gradients) + step.penalty;
  context.run_backward(std::move(gradients));
  // Before regularizers and optimizer: SpectralNormalization proposes a kernel that is trained.
  step.commit();
  loss += add_regularizers(&step.gradients);
  scale_loss(step.gradients);

  update_metrics(batch, context);
  optimizer().apply(step.gradients, parameters_);
  record(loss, batch.size());
}

void Trainer::test_step(const Batch& batch) {
  prepare(batch);
  check_targets(batch);
  Step step{.penalties = true, .seed = seed_};
  Context context(step);
  context.run(*function_, refs(batch.x));
  const double loss = judge(batch, context, nullptr) + step.penalty + add_regularizers(nullptr);
  update_metrics(batch, context);
  if (function_->is_stateful()) step.commit();
  record(loss, batch.size());
}

double Trainer::judge(const Batch& batch, const Context& context, Tensors* gradients) {
  double total = 0;
  for (std::size_t i = 0; i < judges_.size(); ++i) {
    Judge& judge = judges_[i];
    const Tensor& prediction = context.output(i);
    if (!judge.loss) {
      if (gradients) gradients->push_back(zeros(shape_of(prediction)));
      continue;
    }
    LossResult result = judge.loss->evaluate(batch.y[i], prediction,
                                             {.sample_weight = weight_of(batch, i),
                                              .mask = context.output_mask(i),
                                              .gradient = gradients != nullptr});
    total += judge.weight * result.value;
    judge.loss_sum += result.value * static_cast<double>(batch.size());
    if (!gradients) continue;
    if (judge.weight != 1) result.gradient *= static_cast<real>(judge.weight);
    gradients->push_back(std::move(result.gradient));
  }
  return total;
}

void Trainer::update_metrics(const Batch& batch, const Context& context) {
  for (std::size_t i = 0; i < judges_.size(); ++i) {
    Judge& judge = judges_[i];
    if (judge.metric_specs.empty() && judge.weighted_specs.empty()) continue;
    const Tensor& prediction = context.output(i);
    const Tensor& target = batch.y[i];
    const auto make = [&](const MetricList& specs, std::vector<std::shared_ptr<Metric>>& metrics) {
      for (std::size_t k = metrics.size(); k < specs.size(); ++k)
        metrics.push_back(resolve_metric(specs[k], shape_of(target), shape_of(prediction)));
    };
    make(judge.metric_specs, judge.metrics);
    make(judge.weighted_specs, judge.weighted_metrics);
    // Keras weighs plain metrics by the mask only.
    for (const auto& metric : judge.metrics)
      metric->update_state(target, prediction, context.output_mask(i));
    for (const auto& metric : judge.weighted_metrics)
      metric->update_state(target, prediction, weight_of(batch, i));
  }
}

double Trainer::add_regularizers(Gradients* gradients) const {
  double penalty = 0;
  for (const Parameter* parameter : parameters_) {
    const auto& regularizer = parameter->regularizer();
    if (!regularizer) continue;
    penalty += (*regularizer)(parameter->value());
    if (!gradients) continue;
    if (!gradients->find(*parameter))
      gradients->add(*parameter, zeros(shape_of(parameter->value())));
    regularizer->add_gradient(parameter->value(), 1, *gradients->find(*parameter));
  }
  return penalty;
}

void Trainer::scale_loss(Gradients& gradients) const {
  const double scale = options_.optimizer.shared()->loss_scale();
  if (scale == 1) return;
  for (const Parameter* parameter : parameters_) {
    if (Tensor* gradient = gradients.find(*parameter)) *gradient *= static_cast<real>(scale);
  }
}

void Trainer::record(double loss, std::size_t samples) {
  loss_sum_ += loss * static_cast<double>(samples);
  samples_ += static_cast<double>(samples);
}

std::vector<std::pair<std::string, std::shared_ptr<Metric>>> Trainer::metrics() const {
  std::vector<std::pair<std::string, std::shared_ptr<Metric>>> named;
  for (const Judge& judge : judges_) {
    const std::string prefix = judges_.size() > 1 ? judge.name + "_" : "";
    for (const auto* metrics : {&judge.metrics, &judge.weighted_metrics})
      for (const auto& metric : *metrics) named.emplace_back(prefix + metric->name(), metric);
  }
  return named;
}

Logs Trainer::logs() const {
  const double count = samples_ == 0 ? 1 : samples_;
  Logs logs = {{"loss", loss_sum_ / count}};
  const bool several = judges_.size() > 1;
  for (const Judge& judge : judges_) {
    const std::string prefix = several ? judge.name + "_" : "";
    if (several && judge.loss) logs.emplace_back(prefix + "loss", judge.loss_sum / count);
  }
  for (const auto& [name, metric] : metrics()) logs.emplace_back(name, metric->result());
  std::ranges::sort(logs, {}, [](const auto& entry) { return entry.first; });
  return logs;
}

void Trainer::reset_metrics() {
  loss_sum_ = samples_ = 0;
  for (Judge& judge : judges_) {
    judge.loss_sum = 0;
    for (const auto* metrics : {&judge.metrics, &judge.weighted_metrics})
      for (const auto& metric : *metrics) metric->reset_state();
  }
}

}  // namespace keratin::inline KERATIN_VARIANT
