#include "save_function.hpp"

#include <chrono>
#include <ctime>

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/io/atomic_file.hpp"
#include "../../framework/io/zip_writer.hpp"
#include "../../framework/serialization.hpp"
#include "assets.hpp"
#include "compile_config.hpp"
#include "legacy_weights.hpp"
#include "model_writing.hpp"
#include "optimizer_state.hpp"
#include "python_json.hpp"
#include "versions.hpp"
#include "versions/keras2_optimizer.hpp"
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
  // The one class whose name in Python is another than the one it is exported under.
  if (result["class_name"] == "GroupQueryAttention") result["class_name"] = "GroupedQueryAttention";
  for (const char* key : {"name", "inbound_nodes"}) {
    if (json.contains(key)) result[key] = json[key];
  }
  // A function of keras.ops must not be taken for the layer of its name: Add, Multiply.
  if (json.contains("module") && json["module"].is_string() &&
      json["module"].get_ref<const std::string&>().starts_with("keras.src.ops")) {
    for (const char* key : {"module", "registered_name"}) result[key] = json[key];
  }
  Json& config = result["config"];
  const bool is_model = config.contains("layers") && config["layers"].is_array();
  if (is_model) {
    for (Json& layer : config["layers"]) layer = legacy_form(layer);
  }
  return result;
}

/// A model with the settings of compile() in the words of one version of Keras.
class Writer {
 public:
  /// `is_legacy`: for an `.h5`, whose settings have other keys.
  Writer(const Function& function, const SaveOptions& options, const TrainingParts& training,
         bool is_legacy)
      : function_(function), training_(training), options_(options), is_legacy_(is_legacy) {
    const Json model = serialize(function);
    const Json settings = !training.settings ? Json()
                          : is_legacy        ? training_config_of(*training.settings)
                                             : compile_config_of(*training.settings);
    version_ = version_for(model, settings, options);
    model_ = model_for(version_, model, function);
    if (!settings.is_null()) settings_ = settings_for(version_, settings);
  }

  void write_keras(const std::filesystem::path& path) {
    if (!settings_.is_null()) model_["compile_config"] = settings_;
    const Json metadata = {{"keras_version", version_.text()}, {"date_saved", date()}};
    io::Hdf5File weights = io::Hdf5File::create(path.string());
    write_all_weights(weights);
    io::ZipWriter zip(path);
    zip.add("metadata.json", python_json(metadata));
    zip.add("config.json", python_json(model_));
    zip.add("model.weights.h5", weights.image(), io::ZipWriter::Date::now);
    for (const auto& [name, content] : assets_of(function_)) zip.add(name, content);
    zip.commit();
  }

  void write_legacy(const std::filesystem::path& path) {
    io::Hdf5File file = io::Hdf5File::create(path.string());
    file.write_attribute("/", "backend", legacy_backend);
    file.write_attribute("/", "keras_version", version_.text());
    file.write_attribute("/", "model_config", python_json(legacy_form(model_)),
                         io::Hdf5File::Encoding::ascii);
    if (!settings_.is_null()) {
      file.write_attribute("/", "training_config", python_json(settings_),
                           io::Hdf5File::Encoding::ascii);
    }
    write_legacy_weights(function_, "/model_weights", file, version_);
    write_state(file);
    file.save(path);
  }

  void write_weights_only(const std::filesystem::path& path) {
    io::Hdf5File file = io::Hdf5File::create(path.string());
    if (is_legacy_) {
      write_legacy_weights(function_, "/", file, version_);
    } else {
      write_all_weights(file);
    }
    file.save(path);
  }

 private:
  void write_all_weights(io::Hdf5File& file) {
    write_weights(function_, file, version_);
    write_state(file);
  }

  void write_state(io::Hdf5File& file) {
    const optimizers::Optimizer* optimizer = training_.optimizer;
    if (!optimizer) return;
    if (version_.major >= 3) {
      if (is_legacy_) {
        write_legacy_optimizer(*optimizer, function_, file, version_);
      } else {
        write_optimizer(*optimizer, file, version_);
      }
    } else if (has_keras2_state(*optimizer)) {
      write_keras2_state(*optimizer, function_, is_legacy_, file);
    } else if (options_.notes) {
      options_.notes->push_back(concat("The state of the optimizer ", optimizer->class_name(),
                                       " is not written for Keras ", version_.text()));
    }
  }

  const Function& function_;
  const TrainingParts& training_;
  const SaveOptions& options_;
  bool is_legacy_;
  KerasVersion version_;
  Json model_, settings_;
};

}  // namespace

void write_model(const Function& function, const std::filesystem::path& path,
                 const SaveOptions& options, const TrainingParts& training) {
  check(function, path, options);
  if (ends_with(path, ".weights.h5")) {
    throw ValueError(concat("The ending .weights.h5 is for weights alone: use save_weights(). ",
                            "Received: filepath=", path.string()));
  }
  if (ends_with(path, ".keras")) {
    Writer(function, options, training, false).write_keras(path);
  } else if (is_legacy_name(path)) {
    Writer(function, options, training, true).write_legacy(path);
  } else if (ends_with(path, ".json")) {
    io::write_file(path, to_json(function, options));
  } else {
    throw ValueError(concat("Invalid filepath extension for saving. Please add either a `.keras` ",
                            "extension for the native Keras format (recommended) or a `.h5` ",
                            "extension. Received: filepath=", path.string()));
  }
}

void write_model_weights(const Function& function, const std::filesystem::path& path,
                         const SaveOptions& options, const TrainingParts& training) {
  check(function, path, options);
  const bool is_keras3 = ends_with(path, ".weights.h5");
  if (!is_keras3 && !is_legacy_name(path)) {
    throw ValueError(
        concat("The filename must end in `.weights.h5`. Received: filepath=", path.string()));
  }
  Writer(function, options, training, !is_keras3).write_weights_only(path);
}

}  // namespace saving

void save_function(const Function& function, const std::filesystem::path& path,
                   const SaveOptions& options) {
  saving::write_model(function, path, options, {});
}

void save_weights(const Function& function, const std::filesystem::path& path,
                  const SaveOptions& options) {
  saving::write_model_weights(function, path, options, {});
}

std::string to_json(const Function& function, const SaveOptions& options) {
  const Json model = serialize(function);
  const saving::KerasVersion version = saving::version_for(model, Json(), options);
  Json json = saving::model_for(version, model, function);
  if (version.major < 3) {
    json = saving::legacy_form(json);
    json["keras_version"] = version.text();
    json["backend"] = saving::legacy_backend;
  }
  return saving::python_json(json);
}

}  // namespace keratin::inline KERATIN_VARIANT
