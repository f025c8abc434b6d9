#include "backup_and_restore.hpp"

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/io/atomic_file.hpp"
#include "../model.hpp"
#include "../saving/python_json.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {
namespace {

namespace fs = std::filesystem;

fs::path before(const fs::path& path) { return path.string() + ".bkp"; }

void keep(const fs::path& path) {
  if (fs::exists(path)) fs::copy_file(path, before(path), fs::copy_options::overwrite_existing);
}

/// Puts what was kept back in its place.
void put_back(const fs::path& path) {
  if (fs::exists(before(path))) {
    fs::rename(before(path), path);
  } else {
    fs::remove(path);
  }
}

/// The epoch that `path` says to go on with.
std::size_t epoch_of(const fs::path& path) {
  const Json metadata = saving::parse_json(io::read_file(path), path.string());
  if (!metadata.is_object() || !metadata.contains("epoch") ||
      !metadata["epoch"].is_number_unsigned()) {
    throw FileError(concat(path.string(), ": has no number \"epoch\""));
  }
  return metadata["epoch"].get<std::size_t>();
}

}  // namespace

BackupAndRestore::BackupAndRestore(fs::path backup_dir, BackupAndRestoreOptions options)
    : folder_(std::move(backup_dir)),
      weights_(folder_ / "latest.weights.h5"),
      metadata_(folder_ / "training_metadata.json"),
      options_(std::move(options)) {
  if (folder_.empty()) throw ValueError("Empty `backup_dir` argument passed");
}

void BackupAndRestore::on_train_begin(Model& model, Progress& progress) {
  if (!model.function().built()) {
    throw ValueError(
        concat("To use the BackupAndRestore callback, your model must be built before ",
               "you call `fit()`. Model '", model.name(), "' is unbuilt. You can build ",
               "it beforehand by calling it on a batch of data."));
  }
  batch_ = 0;
  try {
    restore(model, progress);
  } catch (const FileError&) {
    if (!options_.double_checkpoint || !fs::exists(before(weights_))) throw;
    put_back(weights_);
    put_back(metadata_);
    restore(model, progress);
  }
  epoch_ = progress.initial_epoch;
}

void BackupAndRestore::restore(Model& model, Progress& progress) const {
  if (fs::exists(weights_)) {
    // An optimizer without a state would not take over the file's.
    model.optimizer().build(model.trainable_weights());
    model.load_weights(weights_);
  }
  if (fs::exists(metadata_)) progress.initial_epoch = epoch_of(metadata_);
}

void BackupAndRestore::on_train_batch_end(Model& model, Progress&, std::size_t batch, const Logs&) {
  batch_ = batch;
  if (options_.save_freq.is_due(batch)) save(model);
}

void BackupAndRestore::on_epoch_end(Model& model, Progress&, std::size_t epoch, Logs&) {
  epoch_ = epoch + 1;
  batch_ = 0;
  if (options_.save_freq.is_epoch()) save(model);
}

void BackupAndRestore::save(const Model& model) {
  fs::create_directories(folder_);
  if (options_.double_checkpoint) {
    keep(weights_);
    keep(metadata_);
  }
  model.save_weights(weights_);
  io::write_file(metadata_, saving::python_json(Json{{"epoch", epoch_}, {"batch", batch_}}));
}

void BackupAndRestore::on_train_end(Model&, Progress&, const Logs&) {
  if (options_.delete_checkpoint) fs::remove_all(folder_);
}

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
