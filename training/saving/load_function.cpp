#include "load_function.hpp"

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/serialization.hpp"
#include "../../framework/weight_budget.hpp"
#include "assets.hpp"
#include "legacy/upgrade.hpp"
#include "legacy_weights.hpp"
#include "model_file.hpp"
#include "python_json.hpp"
#include "unbuilt.hpp"
#include "weights.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

using saving::ModelFile;

/// Which Keras wrote the file. Weights without a version are Keras 1's.
saving::Origin origin_of(const ModelFile& file) {
  const int major =
      file.architecture
          ? saving::keras_major(file.keras_version, *file.architecture)
          : saving::keras_major(file.keras_version.empty() ? "1" : file.keras_version, Json());
  return {major, file.backend};
}

/// How many elements the weights of a file have.
std::uint64_t stored_elements(const ModelFile& file) {
  std::uint64_t count = 0;
  const auto add = [&](const Shape& shape) {
    std::uint64_t elements = 1;
    for (const Dim dim : shape) elements *= static_cast<std::uint64_t>(dim);
    count += elements;
  };
  if (file.hdf5) {
    for (const std::string& dataset : file.hdf5->datasets()) add(file.hdf5->shape(dataset));
  } else if (file.variables) {
    for (const std::string& owner : file.variables->paths()) {
      for (const auto& variable : file.variables->at(owner)) add(variable.shape);
    }
  }
  return count;
}

std::shared_ptr<Function> make_function(const ModelFile& file, LoadReport& report) {
  const Json json = saving::upgrade_model(*file.architecture, origin_of(file), report);
  const std::shared_ptr<Layer> layer = deserialize<Layer>(json);
  auto function = std::dynamic_pointer_cast<Function>(layer);
  if (!function) {
    throw ValueError(concat(file.name, ": holds a ", layer->class_name(), ", which is no model"));
  }
  return function;
}

void read_file_weights(const ModelFile& file, Function& function, const LoadWeightsOptions& options,
                       LoadReport& report) {
  const saving::LegacyReading reading{origin_of(file), options.by_name, options.skip_mismatch};
  if (file.variables) {
    saving::read_weights(function, *file.variables, options.skip_mismatch, report);
  } else if (file.named) {
    saving::read_named_weights(function, *file.named, file.name, reading, report);
  } else {
    saving::read_legacy_weights(function, *file.hdf5, reading, report);
  }
}

/// Builds a Sequential whose file does not say the shape of its input. Where the weights do not say
/// it either, they are read at the first call.
bool build_if_possible(std::shared_ptr<Function>& function, const ModelFile& file,
                       LoadReport& report) {
  const auto unbuilt = std::dynamic_pointer_cast<SequentialFunction>(function);
  if (!unbuilt || unbuilt->built() || unbuilt->layers().empty()) return true;
  if (const Shape shape = saving::input_shape_from_weights(*unbuilt, file); !shape.empty()) {
    try {
      unbuilt->build({shape});
      return true;
    } catch (const ValueError&) {
      // Some size is still open. What was built for the others must not stay.
      LoadReport again;
      function = make_function(file, again);
    }
  }
  const auto waiting = std::dynamic_pointer_cast<SequentialFunction>(function);
  report.notes.push_back(concat(file.name, " does not say the shape of the model's input: it is ",
                                "built, and its weights are read, at the first call"));
  waiting->when_built([file, model = waiting.get()] {
    LoadReport unread;
    read_file_weights(file, *model, {}, unread);
  });
  return false;
}

void note_origin(const ModelFile& file, LoadReport& report) {
  report.format = file.format;
  report.keras_version = file.keras_version;
}

}  // namespace

std::shared_ptr<Function> saving::load_function_of(const ModelFile& file, LoadReport& report) {
  note_origin(file, report);
  if (!file.architecture) {
    throw ValueError(concat(file.name, " holds weights without an architecture. Make the model, ",
                            "then call load_weights()."));
  }
  if (!file.has_weights()) {
    throw ValueError(concat(file.name, " holds an architecture without weights. Make the model by ",
                            "model_from_json(), then call load_weights()."));
  }
  // Not all that a layer keeps is stored: the states of recurrent layers are not.
  constexpr std::uint64_t not_stored = std::uint64_t{1} << 24;
  const WeightBudget budget(2 * stored_elements(file) + not_stored);
  auto function = make_function(file, report);
  if (file.archive) saving::read_assets(*function, *file.archive);
  if (build_if_possible(function, file, report)) read_file_weights(file, *function, {}, report);
  return function;
}

void saving::load_weights_of(const ModelFile& file, Function& function,
                             const LoadWeightsOptions& options, LoadReport& report) {
  note_origin(file, report);
  if (!file.has_weights()) throw ValueError(concat(file.name, " holds no weights."));
  read_file_weights(file, function, options, report);
}

std::shared_ptr<Function> load_function(const std::filesystem::path& path, LoadReport* report) {
  LoadReport unread;
  return saving::load_function_of(saving::open_model_file(path), report ? *report : unread);
}

std::shared_ptr<Function> function_from_json(std::string_view text, LoadReport* report) {
  LoadReport unread;
  LoadReport& notes = report ? *report : unread;
  const ModelFile file = saving::model_file_from_json(text, "the JSON text");
  note_origin(file, notes);
  return make_function(file, notes);
}

void load_weights(Function& function, const std::filesystem::path& path,
                  const LoadWeightsOptions& options) {
  LoadReport unread;
  saving::load_weights_of(saving::open_model_file(path), function, options,
                          options.report ? *options.report : unread);
}

}  // namespace keratin::inline KERATIN_VARIANT
