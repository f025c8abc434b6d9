#include "early_stopping.hpp"

#include "../../framework/base/error.hpp"
#include "../model.hpp"
#include "messages.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

EarlyStopping::EarlyStopping(EarlyStoppingOptions options)
    : options_(std::move(options)),
      monitor_("EarlyStopping", options_.monitor, options_.mode, options_.min_delta) {}

void EarlyStopping::on_train_begin(Model&, Progress&) {
  wait_ = stopped_epoch_ = best_epoch_ = 0;
  best_weights_.reset();
  warned_ = false;
}

void EarlyStopping::on_epoch_end(Model& model, Progress& progress, std::size_t epoch, Logs& logs) {
  monitor_.decide(model);
  if (!has_best_) best_ = monitor_.worst();
  has_best_ = true;
  const double* current = find_log(logs, options_.monitor);
  if (!current && !warned_) {
    warn(concat("Early stopping conditioned on metric `", options_.monitor,
                "` which is not available. Available metrics are: ", names_of(logs)));
    warned_ = true;
  }
  if (!current || epoch < options_.start_from_epoch) return;
  if (options_.restore_best_weights && !best_weights_) {
    best_weights_ = model.get_weights();
    best_epoch_ = epoch;
  }
  ++wait_;
  if (monitor_.is_improvement(*current, best_)) {
    best_ = *current;
    best_epoch_ = epoch;
    if (options_.restore_best_weights) best_weights_ = model.get_weights();
    // Only what beats the baseline too ends the waiting.
    if (!options_.baseline || monitor_.is_improvement(*current, *options_.baseline)) wait_ = 0;
    return;
  }
  if (wait_ >= options_.patience && epoch > 0) {
    stopped_epoch_ = epoch;
    progress.stop_training = true;
  }
}

void EarlyStopping::on_train_end(Model& model, Progress&, const Logs&) {
  if (stopped_epoch_ > 0 && options_.verbose > 0)
    print_message(concat("Epoch ", stopped_epoch_ + 1, ": early stopping"));
  if (!best_weights_) return;
  if (options_.verbose > 0) {
    print_message(
        concat("Restoring model weights from the end of the best epoch: ", best_epoch_ + 1, "."));
  }
  model.set_weights(*best_weights_);
}

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
