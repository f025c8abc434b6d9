#pragma once

#include <optional>

#include "monitor.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

struct EarlyStoppingOptions {
  std::string monitor = "val_loss";
  /// A change of less counts as none.
  double min_delta = 0;
  /// Epochs without improvement until training ends.
  std::size_t patience = 0;
  /// 1: says what it does.
  int verbose = 0;
  /// Whether the value shall become small ("min") or large ("max"); "auto": as the metric says.
  std::string mode = "auto";
  /// What has to be beaten for an improvement to count.
  std::optional<double> baseline = {};
  /// At the end, go back to the weights of the best epoch.
  bool restore_best_weights = false;
  /// Epochs before this one do not count.
  std::size_t start_from_epoch = 0;
};

/// Ends training when a value has stopped improving (keras.callbacks.EarlyStopping). Where the logs
/// lack the value, warns on the standard error, once for each training. Throws ValueError for an
/// unknown mode and where "auto" cannot be told.
class EarlyStopping final : public Callback {
 public:
  explicit EarlyStopping(EarlyStoppingOptions options = {});
  void on_train_begin(Model&, Progress&) override;
  void on_epoch_end(Model&, Progress&, std::size_t epoch, Logs&) override;
  void on_train_end(Model&, Progress&, const Logs&) override;

  /// The epoch after which it ended training, from 0; 0 where it did not.
  std::size_t stopped_epoch() const { return stopped_epoch_; }
  std::size_t best_epoch() const { return best_epoch_; }
  double best() const { return best_; }

 private:
  EarlyStoppingOptions options_;
  Monitor monitor_;
  std::size_t wait_ = 0, stopped_epoch_ = 0, best_epoch_ = 0;
  /// Stays when the callback is used for another training, as Keras's does.
  double best_ = 0;
  bool has_best_ = false;
  std::optional<Tensors> best_weights_ = {};
  bool warned_ = false;
};

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
