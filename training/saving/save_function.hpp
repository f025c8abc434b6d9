#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "../../framework/base/json.hpp"
#include "../../framework/function.hpp"

namespace keratin::inline KERATIN_VARIANT {

struct SaveOptions {
  /// The Keras that shall read the file: "2.15" to "2.21" (tf.keras), "3.0" to "3.15", also with a
  /// patch release ("3.9.2"). What that version does not know is left out where that changes
  /// nothing; else ValueError, naming layer, argument and version. Empty: the oldest Keras 3 that
  /// knows all of the model, 3.0 for most; every later one reads that.
  std::string keras_version = {};
  /// Replace a file that is there; without, ValueError.
  bool overwrite = true;
  /// Takes notes of what that version computes or keeps otherwise.
  std::vector<std::string>* notes = nullptr;
};

/// Saves a whole model, without what training adds: see Model::save(). The ending of `path` tells
/// the format: ".keras", or ".h5" or ".hdf5" for the legacy one. The file appears whole or not at
/// all. Throws ValueError for other endings and for a model whose input shape is unknown, FileError
/// where the file cannot be written.
void save_function(const Function& function, const std::filesystem::path& path,
                   const SaveOptions& options = {});

/// Saves the weights: ".weights.h5" in Keras 3's layout, another ".h5" or ".hdf5" in the legacy
/// one. Throws as save_function().
void save_weights(const Function& function, const std::filesystem::path& path,
                  const SaveOptions& options = {});

/// The architecture as JSON (keras.Model.to_json), for options.keras_version.
std::string to_json(const Function& function, const SaveOptions& options = {});

}  // namespace keratin::inline KERATIN_VARIANT
