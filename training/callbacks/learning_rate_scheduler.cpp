#include "learning_rate_scheduler.hpp"

#include "../../framework/base/error.hpp"
#include "../model.hpp"
#include "messages.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

LearningRateScheduler::LearningRateScheduler(std::function<double(std::size_t, double)> schedule,
                                             int verbose)
    : schedule_(std::move(schedule)), verbose_(verbose) {
  if (!schedule_) throw ValueError("LearningRateScheduler needs a `schedule` function.");
}

void LearningRateScheduler::on_epoch_begin(Model& model, Progress&, std::size_t epoch) {
  const double rate = schedule_(epoch, model.optimizer().learning_rate());
  model.optimizer().set_learning_rate(rate);
  if (verbose_ > 0) {
    print_message(concat("\nEpoch ", epoch + 1, ": LearningRateScheduler setting learning rate to ",
                         python_float(rate), "."));
  }
}

void LearningRateScheduler::on_epoch_end(Model& model, Progress&, std::size_t, Logs& logs) {
  set_log(logs, "learning_rate", model.optimizer().learning_rate());
}

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
