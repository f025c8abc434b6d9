#include "reduce_lr_on_plateau.hpp"

#include <algorithm>

#include "../../framework/base/error.hpp"
#include "../model.hpp"
#include "messages.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {
namespace {

std::string direction(const ReduceLROnPlateauOptions& options) {
  if (options.mode != "auto") return options.mode;
  return options.monitor.find("acc") == std::string::npos ? "min" : "max";
}

}  // namespace

ReduceLROnPlateau::ReduceLROnPlateau(ReduceLROnPlateauOptions options)
    : options_(std::move(options)),
      monitor_("ReduceLROnPlateau", options_.monitor, direction(options_), options_.min_delta) {
  if (options_.factor >= 1) {
    throw ValueError(concat("ReduceLROnPlateau does not support a factor >= 1.0. Received factor=",
                            python_float(options_.factor)));
  }
}

void ReduceLROnPlateau::on_train_begin(Model&, Progress&) {
  best_ = monitor_.worst();
  wait_ = cooldown_left_ = 0;
  warned_ = false;
}

void ReduceLROnPlateau::on_epoch_end(Model& model, Progress&, std::size_t epoch, Logs& logs) {
  const double old_rate = model.optimizer().learning_rate();
  set_log(logs, "learning_rate", old_rate);
  const double* current = find_log(logs, options_.monitor);
  if (!current) {
    if (!warned_) {
      warn(concat("Learning rate reduction is conditioned on metric `", options_.monitor,
                  "` which is not available. Available metrics are: ", names_of(logs), "."));
    }
    warned_ = true;
    return;
  }
  if (cooldown_left_ > 0) {
    --cooldown_left_;
    wait_ = 0;
  }
  if (monitor_.is_improvement(*current, best_)) {
    best_ = *current;
    wait_ = 0;
    return;
  }
  if (cooldown_left_ > 0 || ++wait_ < options_.patience) return;
  if (!(old_rate > double{static_cast<float>(options_.min_lr)})) return;
  const double new_rate = std::max(old_rate * options_.factor, options_.min_lr);
  model.optimizer().set_learning_rate(new_rate);
  if (options_.verbose > 0) {
    print_message(concat("\nEpoch ", epoch + 1, ": ReduceLROnPlateau reducing learning rate to ",
                         python_float(new_rate), "."));
  }
  cooldown_left_ = options_.cooldown;
  wait_ = 0;
}

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
