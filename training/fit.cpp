#include <algorithm>
#include <cmath>
#include <list>

#include "../framework/base/error.hpp"
#include "../framework/base/random.hpp"
#include "model.hpp"
#include "trainer.hpp"

// The loops of keras.Model.fit and evaluate.

namespace keratin::inline KERATIN_VARIANT {
namespace {

using Callbacks = std::vector<CallbackSpec>;

Callbacks with_progress_bar(Callbacks given, Verbose verbose) {
  given.push_back(callbacks::ProgbarLogger(verbose));
  return given;
}

std::size_t steps_of(const Dataset& dataset, std::size_t limit) {
  return limit == 0 ? dataset.size() : std::min(limit, dataset.size());
}

/// Runs the batches of `dataset` through test_step and returns the logs.
Logs test_epoch(Model& model, Trainer& trainer, Dataset& dataset, std::size_t steps,
                const Callbacks& all) {
  Progress progress{.steps = steps_of(dataset, steps)};
  trainer.reset_metrics();
  for (const auto& callback : all) callback->on_test_begin(model, progress);
  for (std::size_t b = 0; b < progress.steps; ++b) {
    trainer.test_step(dataset.batch(b));
    for (const auto& callback : all)
      callback->on_test_batch_end(model, progress, b, trainer.logs());
  }
  const Logs logs = trainer.logs();
  for (const auto& callback : all) callback->on_test_end(model, progress, logs);
  return logs;
}

/// The names by which targets and weights may be given.
std::vector<std::string> target_names(const Model& model) {
  const Structure& structure = model.function().output_structure();
  return structure.kind == Structure::dict ? structure.keys : model.output_names();
}

/// A model that does not know its input's shape yet learns it from the data.
void build_for(const Model& model, const Data& x) {
  if (!model.function().built() && x.tensors().size() == 1)
    model.function().build({shape_of(*x.tensors()[0])});
}

/// x, y and weights in the order of the model's inputs and outputs. Class weights become sample
/// weights, which `made` keeps alive.
struct Arranged {
  TensorDataset::Refs x, y, sample_weight;
  std::list<Tensor> made = {};

  Arranged(const Model& model, const Data& x_data, const Data& y_data, const Data& weight_data,
           const std::map<int, double>& class_weight) {
    build_for(model, x_data);
    const Structure& outputs = model.function().output_structure();
    const auto names = target_names(model);
    x = x_data.in_order(model.function().input_structure(), model.input_names(), "input");
    y = y_data.in_order(outputs, names, "output");
    if (!weight_data.empty()) sample_weight = weight_data.in_order(outputs, names, "output");
    if (class_weight.empty()) return;
    if (y.size() != 1) {
      throw ValueError("`class_weight` is only supported for models with a single output.");
    }
    Tensor weights = class_weights(class_weight, *y[0]);
    if (!sample_weight.empty()) {
      if (sample_weight[0]->size() != weights.size())
        throw ValueError("`class_weight` with `sample_weight` needs one sample weight per sample.");
      for (std::size_t i = 0; i < weights.size(); ++i) weights.flat(i) *= sample_weight[0]->flat(i);
    }
    made.push_back(std::move(weights));
    sample_weight = {&made.back()};
  }
};

void check_fit(const FitOptions& options) {
  if (options.validation_split < 0 || options.validation_split >= 1) {
    throw ValueError(concat("`validation_split` must be at least 0 and below 1. Received: ",
                            options.validation_split));
  }
  if (options.validation_freq == 0)
    throw ValueError("`validation_freq` must be a positive integer. Received: 0");
  if (options.batch_size == 0)
    throw ValueError("`batch_size` must be a positive integer. Received: batch_size=0");
}

}  // namespace

History Model::fit(Dataset& dataset, const FitOptions& options, Dataset* validation) {
  Trainer& training = trainer();
  check_fit(options);
  const Callbacks all = with_progress_bar(options.callbacks, options.verbose);
  Progress progress{.epochs = options.epochs,
                    .steps = steps_of(dataset, options.steps_per_epoch),
                    .initial_epoch = options.initial_epoch};
  History history;
  for (const auto& callback : all) callback->on_train_begin(*this, progress);
  for (std::size_t epoch = progress.initial_epoch;
       epoch < options.epochs && !progress.stop_training; ++epoch) {
    dataset.on_epoch_begin(epoch);
    training.reset_metrics();
    for (const auto& callback : all) callback->on_epoch_begin(*this, progress, epoch);
    for (std::size_t b = 0; b < progress.steps && !progress.stop_training; ++b) {
      for (const auto& callback : all) callback->on_train_batch_begin(*this, progress, b);
      training.train_step(dataset.batch(b));
      const Logs logs = training.logs();
      for (const auto& callback : all) callback->on_train_batch_end(*this, progress, b, logs);
    }
    Logs logs = training.logs();
    if (validation && (epoch + 1) % options.validation_freq == 0) {
      for (const auto& [name, value] :
           test_epoch(*this, training, *validation, options.validation_steps, all))
        logs.emplace_back("val_" + name, value);
    }
    for (const auto& callback : all) callback->on_epoch_end(*this, progress, epoch, logs);
    history.epoch.push_back(epoch);
    history.logs.push_back(std::move(logs));
  }
  // Keras does so too: the averages of the weights, where the optimizer keeps some, replace them.
  if (options.epochs > 0) training.optimizer().finalize_variable_values();
  const Logs last = history.logs.empty() ? Logs() : history.logs.back();
  for (const auto& callback : all) callback->on_train_end(*this, progress, last);
  return history;
}

History Model::fit(const Data& x, const Data& y, const FitOptions& options) {
  trainer();  // Not compiled is said before anything about the data.
  check_fit(options);
  const Arranged data(*this, x, y, options.sample_weight, options.class_weight);
  const std::size_t samples = sample_count(data.x, "x");
  const auto kept = static_cast<std::size_t>(
      std::floor(static_cast<double>(samples) * (1 - options.validation_split)));
  if (options.validation_split > 0 && (kept == 0 || kept == samples)) {
    throw ValueError(
        concat("Training data contains ", samples,
               " samples, which is not sufficient to split it into a validation and ",
               "training set as specified by `validation_split=", options.validation_split, "`."));
  }
  TensorDataset::Options order{.batch_size = options.batch_size, .last = kept};
  if (options.shuffle) order.shuffle_seed = options.seed ? *options.seed : next_seed();
  TensorDataset dataset(data.x, data.y, data.sample_weight, order);

  const std::size_t validation_batch =
      options.validation_batch_size ? options.validation_batch_size : options.batch_size;
  if (!options.validation_data.x.empty()) {
    const Arranged held(*this, options.validation_data.x, options.validation_data.y,
                        options.validation_data.sample_weight, {});
    TensorDataset validation(held.x, held.y, held.sample_weight, {.batch_size = validation_batch});
    return fit(dataset, options, &validation);
  }
  if (options.validation_split > 0) {
    TensorDataset validation(data.x, data.y, data.sample_weight,
                             {.batch_size = validation_batch, .first = kept});
    return fit(dataset, options, &validation);
  }
  return fit(dataset, options);
}

Logs Model::evaluate(Dataset& dataset, const EvaluateOptions& options) {
  return test_epoch(*this, trainer(), dataset, options.steps,
                    with_progress_bar(options.callbacks, options.verbose));
}

Logs Model::evaluate(const Data& x, const Data& y, const EvaluateOptions& options) {
  trainer();
  const Arranged data(*this, x, y, options.sample_weight, {});
  TensorDataset dataset(data.x, data.y, data.sample_weight, {.batch_size = options.batch_size});
  return evaluate(dataset, options);
}

namespace {

Batch whole_batch(const Arranged& data) {
  const std::size_t samples = std::max<std::size_t>(1, sample_count(data.x, "x"));
  return TensorDataset(data.x, data.y, data.sample_weight, {.batch_size = samples}).batch(0);
}

}  // namespace

Logs Model::train_on_batch(const Data& x, const Data& y, const Data& sample_weight,
                           const std::map<int, double>& class_weight) {
  Trainer& training = trainer();
  const Arranged data(*this, x, y, sample_weight, class_weight);
  training.reset_metrics();
  training.train_step(whole_batch(data));
  return training.logs();
}

Logs Model::test_on_batch(const Data& x, const Data& y, const Data& sample_weight) {
  Trainer& training = trainer();
  const Arranged data(*this, x, y, sample_weight, {});
  training.reset_metrics();
  training.test_step(whole_batch(data));
  return training.logs();
}

}  // namespace keratin::inline KERATIN_VARIANT
