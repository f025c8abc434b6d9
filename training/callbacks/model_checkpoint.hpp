#pragma once

#include <optional>

#include "monitor.hpp"
#include "save_frequency.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

struct ModelCheckpointOptions {
  std::string monitor = "val_loss";
  /// 1: says what it does.
  int verbose = 0;
  /// Save only what is better than all before.
  bool save_best_only = false;
  /// Weights and the optimizer's state alone, to a ".weights.h5".
  bool save_weights_only = false;
  /// Whether the value shall become small ("min") or large ("max"); "auto": as the metric says.
  std::string mode = "auto";
  SaveFrequency save_freq = "epoch";
  /// What the first model to save has to beat.
  std::optional<double> initial_value_threshold = {};
};

/// Saves the model along training (keras.callbacks.ModelCheckpoint).
///
/// `filepath` ends in ".keras" or ".h5" (".weights.h5" for weights) and may have the epoch, the
/// batch and any of the logs as Python's str.format writes them:
/// "{epoch:02d}-{val_loss:.2f}.keras". Folders are made. Throws ValueError for other endings and
/// for what cannot be formatted.
class ModelCheckpoint final : public Callback {
 public:
  explicit ModelCheckpoint(std::string filepath, ModelCheckpointOptions options = {});
  void on_epoch_begin(Model&, Progress&, std::size_t epoch) override;
  void on_train_batch_end(Model&, Progress&, std::size_t batch, const Logs&) override;
  void on_epoch_end(Model&, Progress&, std::size_t epoch, Logs&) override;

  /// The best value so far; none before one was seen.
  std::optional<double> best() const { return best_; }

 private:
  void save(Model& model, std::optional<std::size_t> batch, const Logs& logs);
  bool should_save(const Model& model, const Logs& logs, const std::string& path);

  std::string filepath_;
  ModelCheckpointOptions options_;
  Monitor monitor_;
  std::optional<double> best_;
  std::size_t epoch_ = 0;
  bool warned_ = false;
};

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
