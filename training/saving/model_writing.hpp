#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "../../framework/base/json.hpp"
#include "../../framework/function.hpp"
#include "../../framework/io/hdf5.hpp"
#include "save_function.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// What training adds to a file.
struct TrainingParts {
  /// "compile_config" of a `.keras`, "training_config" of a legacy file. Null: not compiled.
  const Json* compile_config = nullptr;
  const Json* training_config = nullptr;
  /// Write the optimizer's state. Empty: there is none.
  std::function<void(io::Hdf5File&)> write_state = {};
  std::function<void(io::Hdf5File&)> write_legacy_state = {};
};

/// Saves a whole model with what training adds.
void write_model(const Function& function, const std::filesystem::path& path,
                 const SaveOptions& options, const TrainingParts& training);

}  // namespace keratin::inline KERATIN_VARIANT::saving
