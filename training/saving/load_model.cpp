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
namespace {

saving::TrainingParts training_parts(const Model& model) {
  saving::TrainingParts training;
  if (!model.compiled()) return training;
  training.settings = &model.compile_options();
  if (model.optimizer().built()) training.optimizer = &model.optimizer();
  return training;
}

}  // namespace

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
  if (!model.function().built()) {
    // The first call builds the model; there is nothing yet that the optimizer could remember.
    if (file.compile_config)
      report.warnings.push_back(
          "The state of the optimizer was not restored: the model is not built yet");
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
  saving::write_model(*function_, path, options, training_parts(*this));
}

void Model::save_weights(const std::filesystem::path& path, const SaveOptions& options) const {
  saving::write_model_weights(*function_, path, options, training_parts(*this));
}

void Model::load_weights(const std::filesystem::path& path, const LoadWeightsOptions& options) {
  LoadReport unread;
  LoadReport& report = options.report ? *options.report : unread;
  const saving::ModelFile file = saving::open_model_file(path);
  saving::load_weights_of(file, *function_, options, report);
  // As in Keras: an optimizer that has a state takes over the file's.
  const bool has_state = file.variables && !file.variables->at("optimizer").empty();
  if (has_state && compiled() && optimizer().built())
    saving::read_optimizer(optimizer(), file, report);
}

std::string Model::to_json() const { return keratin::to_json(*function_); }

}  // namespace keratin::inline KERATIN_VARIANT
