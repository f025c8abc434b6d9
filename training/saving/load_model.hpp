#pragma once

#include <filesystem>
#include <string_view>

#include "../model.hpp"
#include "load_report.hpp"

namespace keratin::inline KERATIN_VARIANT {

struct LoadOptions {
  /// Restore optimizer, losses and metrics, where the file has them, so that fit() goes on.
  bool compile = true;
  LoadReport* report = nullptr;
};

/// A whole model from a `.keras` or legacy `.h5` file of any Keras (keras.saving.load_model).
/// Throws as load_function(). A loss or metric that is not known is a warning in the report.
Model load_model(const std::filesystem::path& path, const LoadOptions& options = {});

/// The model that Model::to_json() of any Keras describes, with fresh weights
/// (keras.models.model_from_json).
Model model_from_json(std::string_view text, LoadReport* report = nullptr);

}  // namespace keratin::inline KERATIN_VARIANT
