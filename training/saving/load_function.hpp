#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "../../framework/function.hpp"
#include "load_report.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// How weights are loaded into a model that is there.
struct LoadWeightsOptions {
  /// By the layers' names instead of their places in the model; layers that the file does not have
  /// keep their weights.
  bool by_name = false;
  /// Leave out what does not fit, with a warning in the report.
  bool skip_mismatch = false;
  LoadReport* report = nullptr;
};

/// The graph of a whole model with its weights, without what training adds: see load_model(). Reads
/// `.keras` (also unzipped) and legacy `.h5`. Throws FileError for files that are broken or
/// something else, ValueError where architecture and weights do not fit or a class is unknown.
std::shared_ptr<Function> load_function(const std::filesystem::path& path,
                                        LoadReport* report = nullptr);

/// The graph that `text` (Model.to_json() of any Keras) describes, with fresh weights.
std::shared_ptr<Function> function_from_json(std::string_view text, LoadReport* report = nullptr);

/// Loads weights from any of Keras's files that hold some. Throws as load_function(); then the
/// model keeps all its weights.
void load_weights(Function& function, const std::filesystem::path& path,
                  const LoadWeightsOptions& options = {});

}  // namespace keratin::inline KERATIN_VARIANT
