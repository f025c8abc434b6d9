#include "model_checkpoint.hpp"

#include <cstdio>
#include <filesystem>

#include "../../framework/base/error.hpp"
#include "../model.hpp"
#include "format_path.hpp"
#include "messages.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {
namespace {

std::string five_places(double value) {
  char text[400];  // The largest double has 309 places before the point.
  std::snprintf(text, sizeof text, "%.5f", value);
  return text;
}

}  // namespace

ModelCheckpoint::ModelCheckpoint(std::string filepath, ModelCheckpointOptions options)
    : filepath_(std::move(filepath)),
      options_(std::move(options)),
      monitor_("ModelCheckpoint", options_.monitor, options_.mode, 0),
      best_(options_.initial_value_threshold) {
  if (options_.save_weights_only) {
    if (!filepath_.ends_with(".weights.h5")) {
      throw ValueError(
          concat("When using `save_weights_only=True` in `ModelCheckpoint`, the ",
                 "filepath provided must end in `.weights.h5` (Keras weights format). ",
                 "Received: filepath=", filepath_));
    }
  } else if (!filepath_.ends_with(".keras") && !filepath_.ends_with(".h5")) {
    throw ValueError(concat("The filepath provided must end in `.keras` (Keras model format). ",
                            "Received: filepath=", filepath_));
  }
}

void ModelCheckpoint::on_epoch_begin(Model&, Progress&, std::size_t epoch) { epoch_ = epoch; }

void ModelCheckpoint::on_train_batch_end(Model& model, Progress&, std::size_t batch,
                                         const Logs& logs) {
  if (options_.save_freq.is_due(batch)) save(model, batch, logs);
}

void ModelCheckpoint::on_epoch_end(Model& model, Progress&, std::size_t, Logs& logs) {
  if (options_.save_freq.is_epoch()) save(model, {}, logs);
}

void ModelCheckpoint::save(Model& model, std::optional<std::size_t> batch, const Logs& logs) {
  PathValues values = {{"epoch", static_cast<long>(epoch_ + 1)}};
  if (batch) values.emplace("batch", static_cast<long>(*batch + 1));
  for (const auto& [name, value] : logs) values[name] = value;
  const std::string path = format_path(filepath_, values);
  if (!should_save(model, logs, path)) return;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (std::filesystem::is_directory(path)) {
    throw FileError(concat("Please specify a non-directory filepath for ModelCheckpoint. Filepath ",
                           "used is an existing directory: ", path));
  }
  if (!folder.empty()) std::filesystem::create_directories(folder);
  if (options_.save_weights_only) {
    model.save_weights(path);
  } else {
    model.save(path);
  }
  if (options_.verbose > 0)
    print_message(concat("\nEpoch ", epoch_ + 1, ": finished saving model to ", path));
}

bool ModelCheckpoint::should_save(const Model& model, const Logs& logs, const std::string& path) {
  const std::string start = concat("\nEpoch ", epoch_ + 1, ": ");
  if (!options_.save_best_only) {
    if (options_.verbose > 0) print_message(concat(start, "saving model to ", path));
    return true;
  }
  const double* current = find_log(logs, options_.monitor);
  if (!current) {
    if (!warned_) warn(concat("Can save best model only with ", options_.monitor, " available."));
    warned_ = true;
    return true;
  }
  monitor_.decide(model);
  const double best = best_.value_or(monitor_.worst());
  if (!monitor_.is_improvement(*current, best)) {
    if (options_.verbose > 0) {
      print_message(concat(start, options_.monitor, " did not improve from ", five_places(best)));
    }
    return false;
  }
  if (options_.verbose > 0) {
    print_message(concat(start, options_.monitor, " improved from ", five_places(best), " to ",
                         five_places(*current), ", saving model to ", path));
  }
  best_ = *current;
  return true;
}

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
