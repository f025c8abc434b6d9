#include "load_model.hpp"

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "compile_config.hpp"
#include "load_function.hpp"
#include "model_file.hpp"
#include "model_writing.hpp"
#include "optimizer_state.hpp"
#include "python_json.hpp"
#include "save_function.hpp"

namespace keratin::inline KERATIN_VARIANT {

Model load_model(const std::filesystem::path& path, const LoadOptions& options) {
  LoadReport unread;
  LoadReport& report = options.report ? *options.report : unread;
  const saving::ModelFile file = saving::open_model_file(path);
  Model model(saving::load_function_of(file, report));
  if (!options.compile || !file.compile_config) return model;
  auto settings = saving::read_compile_config(*file.compile_config, report);
  if (!settings) return model;
  try {
    model.compile(std::move(*settings));
  } catch (const Error& error) {
    report.warnings.push_back(concat("The model was not compiled: ", error.what()));
    return model;
  }
  model.optimizer().build(model.trainable_weights());
  saving::read_optimizer(model.optimizer(), file, report);
  return model;
}

Model model_from_json(std::string_view text, LoadReport* report) {
  return Model(function_from_json(text, report));
}

void Model::save(const std::filesystem::path& path, const SaveOptions& options) const {
  saving::TrainingParts training;
  Json compile_config, training_config;
  if (compiled()) {
    compile_config = saving::compile_config_of(compile_options());
    training_config = saving::training_config_of(compile_options());
    training.compile_config = &compile_config;
    training.training_config = &training_config;
    if (optimizer().built()) {
      training.write_state = [&](io::Hdf5File& file) {
        saving::write_optimizer(optimizer(), file);
      };
      training.write_legacy_state = [&](io::Hdf5File& file) {
        saving::write_legacy_optimizer(optimizer(), file);
      };
    }
  }
  saving::write_model(*function_, path, options, training);
}

void Model::save_weights(const std::filesystem::path& path, const SaveOptions& options) const {
  keratin::save_weights(*function_, path, options);
}

void Model::load_weights(const std::filesystem::path& path, const LoadWeightsOptions& options) {
  keratin::load_weights(*function_, path, options);
}

std::string Model::to_json() const { return keratin::to_json(*function_); }

}  // namespace keratin::inline KERATIN_VARIANT
