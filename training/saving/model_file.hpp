#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "../../framework/base/json.hpp"
#include "../../framework/function.hpp"
#include "../../framework/io/hdf5.hpp"
#include "../../framework/io/zip.hpp"
#include "../../framework/tensor.hpp"
#include "load_function.hpp"
#include "load_report.hpp"
#include "tfjs.hpp"
#include "variable_store.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// The parts of a file that holds a whole model, or only weights, or only an architecture.
struct ModelFile {
  /// "keras", "h5", "weights.h5", "weights.json" (sharded), "json" or "tfjs".
  std::string format = {};
  std::string name = {};
  /// Empty where the file does not say.
  std::string keras_version = {};
  std::string backend = {};
  /// The serialised model; null where there is none.
  std::shared_ptr<const Json> architecture = {};
  /// Optimizer, losses and metrics; null where the model was not compiled.
  std::shared_ptr<const Json> compile_config = {};
  /// The HDF5 file that holds the weights; none where there are none or they are in an npz archive.
  std::shared_ptr<const io::Hdf5File> hdf5 = {};
  /// The archive that all is in; none where it is no archive.
  std::shared_ptr<const io::Archive> archive = {};
  /// The weights in Keras 3's layout; none where they are in the legacy one.
  std::optional<VariableStore> variables = {};
  /// The weights by name in the order of the model's layers; none where they are in a file of
  /// Keras's own.
  std::optional<std::vector<NamedWeight>> named = {};

  bool has_weights() const { return hdf5 || variables || named; }
};

/// The architecture that `text` holds; `name` stands for it in messages.
ModelFile model_file_from_json(std::string_view text, const std::string& name);

/// Opens a file or directory; its content tells what it is. Throws FileError for what is none of
/// Keras's formats.
ModelFile open_model_file(const std::filesystem::path& path);

/// Assigns the weights of `function` from a file that has some.
void load_weights_of(const ModelFile& file, Function& function, const LoadWeightsOptions& options,
                     LoadReport& report);

/// The graph with its weights. Throws as load_function().
std::shared_ptr<Function> load_function_of(const ModelFile& file, LoadReport& report);

}  // namespace keratin::inline KERATIN_VARIANT::saving
