#include "save_function.hpp"

#include <chrono>
#include <ctime>

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/io/zip_writer.hpp"
#include "../../framework/serialization.hpp"
#include "legacy_weights.hpp"
#include "model_writing.hpp"
#include "python_json.hpp"
#include "weights.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace saving {
namespace {

bool ends_with(const std::filesystem::path& path, std::string_view ending) {
  return path.string().ends_with(ending);
}
bool is_legacy_name(const std::filesystem::path& path) {
  return ends_with(path, ".h5") || ends_with(path, ".hdf5");
}

void check(const Function& function, const std::filesystem::path& path,
           const SaveOptions& options) {
  if (!function.built())
    function.refuse("cannot be saved: its input shape is not known, so it has no weights yet");
  if (options.keras_version != SaveOptions{}.keras_version) {
    throw ValueError(concat("Invalid value for argument `keras_version`. Received: ",
                            options.keras_version, ", allowed: ", SaveOptions{}.keras_version));
  }
  if (!options.overwrite && std::filesystem::exists(path))
    throw ValueError(concat(path.string(), " exists, and `overwrite` is false"));
}

/// Local time as Keras dates its files: 2026-11-20@10:16:31.
std::string date() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm local{};
  localtime_r(&now, &local);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d@%H:%M:%S", &local);
  return text;
}

/// Legacy files have layers and models without module, registered name and build_config; what is
/// within a layer keeps them.
Json legacy_form(const Json& json) {
  Json result = {{"class_name", json["class_name"]}, {"config", json["config"]}};
  for (const char* key : {"name", "inbound_nodes"}) {
    if (json.contains(key)) result[key] = json[key];
  }
  Json& config = result["config"];
  const bool is_model = config.contains("layers") && config["layers"].is_array();
  if (is_model) {
    for (Json& layer : config["layers"]) layer = legacy_form(layer);
  }
  return result;
}

void write_keras(const Function& function, const std::filesystem::path& path,
                 const SaveOptions& options, const TrainingParts& training) {
  Json model = serialize(function);
  if (training.compile_config) model["compile_config"] = *training.compile_config;
  const Json metadata = {{"keras_version", options.keras_version}, {"date_saved", date()}};
  io::Hdf5File weights = io::Hdf5File::create(path.string());
  write_weights(function, weights);
  if (training.write_state) training.write_state(weights);
  io::ZipWriter zip(path);
  zip.add("metadata.json", python_json(metadata));
  zip.add("config.json", python_json(model));
  zip.add("model.weights.h5", weights.image(), io::ZipWriter::Date::now);
  zip.commit();
}

void write_legacy(const Function& function, const std::filesystem::path& path,
                  const SaveOptions& options, const TrainingParts& training) {
  io::Hdf5File file = io::Hdf5File::create(path.string());
  file.write_attribute("/", "backend", legacy_backend);
  file.write_attribute("/", "keras_version", options.keras_version);
  file.write_attribute("/", "model_config", python_json(legacy_form(serialize(function))),
                       io::Hdf5File::Encoding::ascii);
  if (training.training_config) {
    file.write_attribute("/", "training_config", python_json(*training.training_config),
                         io::Hdf5File::Encoding::ascii);
  }
  write_legacy_weights(function, "/model_weights", file, options.keras_version);
  if (training.write_legacy_state) training.write_legacy_state(file);
  file.save(path);
}

}  // namespace

void write_model(const Function& function, const std::filesystem::path& path,
                 const SaveOptions& options, const TrainingParts& training) {
  check(function, path, options);
  if (ends_with(path, ".weights.h5")) {
    throw ValueError(concat("The ending .weights.h5 is for weights alone: use save_weights(). ",
                            "Received: filepath=", path.string()));
  }
  if (ends_with(path, ".keras")) {
    write_keras(function, path, options, training);
  } else if (is_legacy_name(path)) {
    write_legacy(function, path, options, training);
  } else {
    throw ValueError(concat("Invalid filepath extension for saving. Please add either a `.keras` ",
                            "extension for the native Keras format (recommended) or a `.h5` ",
                            "extension. Received: filepath=", path.string()));
  }
}

}  // namespace saving

void save_function(const Function& function, const std::filesystem::path& path,
                   const SaveOptions& options) {
  saving::write_model(function, path, options, {});
}

void save_weights(const Function& function, const std::filesystem::path& path,
                  const SaveOptions& options) {
  saving::check(function, path, options);
  io::Hdf5File file = io::Hdf5File::create(path.string());
  if (saving::ends_with(path, ".weights.h5")) {
    saving::write_weights(function, file);
  } else if (saving::is_legacy_name(path)) {
    saving::write_legacy_weights(function, "/", file, options.keras_version);
  } else {
    throw ValueError(
        concat("The filename must end in `.weights.h5`. Received: filepath=", path.string()));
  }
  file.save(path);
}

std::string to_json(const Function& function) { return saving::python_json(serialize(function)); }

}  // namespace keratin::inline KERATIN_VARIANT
