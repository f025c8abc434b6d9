#pragma once

#include <filesystem>
#include <string>

#include "../../framework/base/json.hpp"
#include "../../framework/function.hpp"

namespace keratin::inline KERATIN_VARIANT {

struct SaveOptions {
  /// The Keras that shall read the file. Throws ValueError for versions that cannot be written.
  std::string keras_version = "3.15.1";
  /// Replace a file that is there; without, ValueError.
  bool overwrite = true;
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

/// The architecture as JSON (keras.Model.to_json).
std::string to_json(const Function& function);

}  // namespace keratin::inline KERATIN_VARIANT
