#pragma once

#include <functional>

#include "callback.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

/// Sets the learning rate before each epoch (keras.callbacks.LearningRateScheduler), and adds
/// "learning_rate" to the logs. Throws ValueError where the optimizer has a schedule.
class LearningRateScheduler final : public Callback {
 public:
  /// `schedule` is given the epoch, from 0, and the learning rate. `verbose` 1: says what it does.
  explicit LearningRateScheduler(std::function<double(std::size_t, double)> schedule,
                                 int verbose = 0);
  void on_epoch_begin(Model&, Progress&, std::size_t epoch) override;
  void on_epoch_end(Model&, Progress&, std::size_t epoch, Logs&) override;

 private:
  std::function<double(std::size_t, double)> schedule_;
  int verbose_;
};

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
