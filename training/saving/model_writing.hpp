#pragma once

#include <filesystem>

#include "../../framework/function.hpp"
#include "../compile.hpp"
#include "save_function.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// What training adds to a file.
struct TrainingParts {
  /// Null: not compiled.
  const CompileOptions* settings = nullptr;
  /// The optimizer with its state. Null: it has none yet.
  const optimizers::Optimizer* optimizer = nullptr;
};

/// Saves a whole model with what training adds.
void write_model(const Function& function, const std::filesystem::path& path,
                 const SaveOptions& options, const TrainingParts& training);
/// Saves the weights and the optimizer's state.
void write_model_weights(const Function& function, const std::filesystem::path& path,
                         const SaveOptions& options, const TrainingParts& training);

}  // namespace keratin::inline KERATIN_VARIANT::saving
