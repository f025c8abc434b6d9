#pragma once

#include "monitor.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

struct ReduceLROnPlateauOptions {
  std::string monitor = "val_loss";
  /// What the learning rate is multiplied by; below 1.
  double factor = 0.1;
  /// Epochs without improvement until it is.
  std::size_t patience = 10;
  /// 1: says what it does.
  int verbose = 0;
  /// Whether the value shall become small ("min") or large ("max"); "auto": large where its name
  /// has "acc" in it.
  std::string mode = "auto";
  /// A change of less counts as none.
  double min_delta = 1e-4;
  /// Epochs after a reduction that are not counted.
  std::size_t cooldown = 0;
  /// The learning rate stays at least that.
  double min_lr = 0;
};

/// Reduces the learning rate when a value has stopped improving
/// (keras.callbacks.ReduceLROnPlateau), and adds "learning_rate" to the logs. Where the logs lack
/// the value, warns on the standard error, once for each training. Throws ValueError for an unknown
/// mode and a factor of 1 or more.
class ReduceLROnPlateau final : public Callback {
 public:
  explicit ReduceLROnPlateau(ReduceLROnPlateauOptions options = {});
  void on_train_begin(Model&, Progress&) override;
  void on_epoch_end(Model&, Progress&, std::size_t epoch, Logs&) override;

 private:
  ReduceLROnPlateauOptions options_;
  Monitor monitor_;
  double best_ = 0;
  std::size_t wait_ = 0, cooldown_left_ = 0;
  bool warned_ = false;
};

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
