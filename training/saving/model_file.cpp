#include "model_file.hpp"

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/io/atomic_file.hpp"
#include "../../framework/io/file_kind.hpp"
#include "../../framework/io/zip.hpp"
#include "python_json.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

std::string text_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Takes "compile_config" out of a serialised model.
void set_architecture(ModelFile& file, Json json) {
  if (!json.is_object() || !json.contains("class_name"))
    throw FileError(concat(file.name, ": the config is no serialised model"));
  if (json.contains("compile_config") && json["compile_config"].is_object()) {
    // {} where the model was not compiled.
    if (!json["compile_config"].empty())
      file.compile_config = std::make_shared<const Json>(json["compile_config"]);
    json.erase("compile_config");
  }
  file.architecture = std::make_shared<const Json>(std::move(json));
}

void set_hdf5(ModelFile& file, io::Hdf5File hdf5) {
  file.hdf5 = std::make_shared<const io::Hdf5File>(std::move(hdf5));
  const bool is_legacy = file.hdf5->has_attribute("/", "layer_names") ||
                         file.hdf5->has_attribute("/", "layer_names0") ||
                         file.hdf5->has("/model_weights");
  if (!is_legacy) file.variables = VariableStore::of(*file.hdf5);
}

ModelFile from_archive(io::Archive opened) {
  ModelFile file{.format = "keras", .name = opened.name()};
  file.archive = std::make_shared<const io::Archive>(std::move(opened));
  const io::Archive& archive = *file.archive;
  if (!archive.has("config.json")) {
    throw FileError(concat(file.name, " has no config.json, so it is no Keras model"));
  }
  if (archive.has("metadata.json")) {
    const Json metadata = parse_json(archive.read("metadata.json"), file.name + ": metadata.json");
    if (metadata.is_object()) file.keras_version = text_at(metadata, "keras_version");
  }
  set_architecture(file, parse_json(archive.read("config.json"), file.name + ": config.json"));
  if (archive.has("model.weights.h5")) {
    set_hdf5(file, io::Hdf5File::from_image(archive.read("model.weights.h5"),
                                            file.name + ": model.weights.h5"));
  } else {
    throw FileError(concat(file.name, " has no model.weights.h5"));
  }
  return file;
}

ModelFile from_hdf5(const std::filesystem::path& path) {
  ModelFile file{.format = "weights.h5", .name = path.string()};
  io::Hdf5File hdf5 = io::Hdf5File::open(path);
  const auto attribute = [&](const std::string& object, const char* name) {
    return hdf5.has(object) && hdf5.has_attribute(object, name)
               ? hdf5.string_attribute(object, name)
               : std::string();
  };
  for (const char* object : {"/", "/model_weights"}) {
    if (file.keras_version.empty()) file.keras_version = attribute(object, "keras_version");
    if (file.backend.empty()) file.backend = attribute(object, "backend");
  }
  if (hdf5.has_attribute("/", "model_config")) {
    file.format = "h5";
    set_architecture(
        file, parse_json(attribute("/", "model_config"), file.name + ": attribute model_config"));
    if (hdf5.has_attribute("/", "training_config")) {
      Json training =
          parse_json(attribute("/", "training_config"), file.name + ": attribute training_config");
      if (training.is_object())
        file.compile_config = std::make_shared<const Json>(std::move(training));
    }
  }
  set_hdf5(file, std::move(hdf5));
  return file;
}

}  // namespace

ModelFile model_file_from_json(std::string_view text, const std::string& name) {
  ModelFile file{.format = "json", .name = name};
  Json json = parse_json(text, name);
  // Some files hold the text of the JSON as one string.
  if (json.is_string()) json = parse_json(json.get<std::string>(), name);
  if (json.is_object()) {
    file.keras_version = text_at(json, "keras_version");
    file.backend = text_at(json, "backend");
  }
  set_architecture(file, std::move(json));
  return file;
}

ModelFile open_model_file(const std::filesystem::path& path) {
  const io::FileKind kind = io::file_kind(path);
  switch (kind) {
    case io::FileKind::zip:
    case io::FileKind::directory:
      return from_archive(io::Archive::open(path));
    case io::FileKind::hdf5:
      return from_hdf5(path);
    case io::FileKind::json:
      return model_file_from_json(io::read_file(path), path.string());
    default:
      throw FileError(concat(path.string(), " is no Keras file: it ", io::describe(kind)));
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
