#pragma once

#include <filesystem>

#include "callback.hpp"
#include "save_frequency.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

struct BackupAndRestoreOptions {
  SaveFrequency save_freq = "epoch";
  /// Keep the backup before the last one too, for when the last one is broken.
  bool double_checkpoint = false;
  /// Delete the folder when training has come to its end.
  bool delete_checkpoint = true;
};

/// Goes on with a training that was interrupted (keras.callbacks.BackupAndRestore): saves weights,
/// the optimizer's state and the number of the next epoch, and begins with them where a backup is
/// there. A training interrupted within an epoch begins that epoch anew.
///
/// `backup_dir` is for this training alone: "latest.weights.h5" and "training_metadata.json", as
/// Keras names them. Throws ValueError for an empty name and a model whose input shape is not
/// known, FileError where a backup is broken.
class BackupAndRestore final : public Callback {
 public:
  explicit BackupAndRestore(std::filesystem::path backup_dir, BackupAndRestoreOptions options = {});
  void on_train_begin(Model&, Progress&) override;
  void on_train_batch_end(Model&, Progress&, std::size_t batch, const Logs&) override;
  void on_epoch_end(Model&, Progress&, std::size_t epoch, Logs&) override;
  void on_train_end(Model&, Progress&, const Logs&) override;

 private:
  void save(const Model& model);
  void restore(Model& model, Progress& progress) const;

  std::filesystem::path folder_, weights_, metadata_;
  BackupAndRestoreOptions options_;
  /// Of the epoch to go on with, and the last batch seen of it.
  std::size_t epoch_ = 0, batch_ = 0;
};

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
