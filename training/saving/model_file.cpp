#include "model_file.hpp"

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/io/atomic_file.hpp"
#include "../../framework/io/file_kind.hpp"
#include "../../framework/io/zip.hpp"
#include "npz_store.hpp"
#include "python_json.hpp"
#include "sharded_store.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

std::string text_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Takes "compile_config" out of a serialised model.
void set_architecture(ModelFile& file, Json json) {
  if (json.is_object() && !json.contains("class_name") && json.contains("model_config"))
    json = Json(json["model_config"]);
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
  if (!is_legacy) file.variables = VariableStore::of(file.hdf5);
}

/// The folder within an archive that has the model: "" or, where a folder was packed, its name.
std::string root_of(const io::Archive& archive) {
  if (archive.has("config.json")) return {};
  std::string root;
  for (const std::string& member : archive.members()) {
    if (!member.ends_with("/config.json")) continue;
    const std::string folder = member.substr(0, member.size() - 11);
    if (root.empty() || folder.size() < root.size()) root = folder;
  }
  if (root.empty())
    throw FileError(concat(archive.name(), " has no config.json, so it is no Keras model"));
  return root;
}

ModelFile from_archive(io::Archive opened) {
  ModelFile file{.format = "keras", .name = opened.name()};
  file.archive = std::make_shared<const io::Archive>(std::move(opened));
  const io::Archive& archive = *file.archive;
  const std::string root = root_of(archive);
  const auto read = [&](const std::string& member) { return archive.read(root + member); };
  if (archive.has(root + "metadata.json")) {
    const Json metadata = parse_json(read("metadata.json"), file.name + ": metadata.json");
    if (metadata.is_object()) file.keras_version = text_at(metadata, "keras_version");
  }
  set_architecture(file, parse_json(read("config.json"), file.name + ": config.json"));
  if (archive.has(root + "model.weights.h5")) {
    set_hdf5(file,
             io::Hdf5File::from_image(read("model.weights.h5"), file.name + ": model.weights.h5"));
  } else if (archive.has(root + "model.weights.npz")) {
    file.variables = npz_store(read("model.weights.npz"), file.name + ": model.weights.npz");
  } else {
    throw FileError(concat(file.name, " has no model.weights.h5"));
  }
  return file;
}

/// A `model.json` of TensorFlow.js with the shards beside it.
ModelFile from_tfjs(const Json& json, const std::filesystem::path& path) {
  ModelFile file{.format = "tfjs", .name = path.string()};
  file.named = tfjs_weights(json, path);
  Json topology = json.value("modelTopology", Json());
  if (!topology.is_object()) return file;
  file.keras_version = text_at(topology, "keras_version");
  file.backend = text_at(topology, "backend");
  for (const Json* settings : std::initializer_list<const Json*>{&topology, &json}) {
    for (const char* key : {"training_config", "trainingConfig"}) {
      if (settings->contains(key) && (*settings)[key].is_object())
        file.compile_config = std::make_shared<const Json>((*settings)[key]);
    }
  }
  if (topology.contains("model_config")) topology = Json(topology["model_config"]);
  set_architecture(file, std::move(topology));
  return file;
}

ModelFile from_json(const std::filesystem::path& path) {
  const std::string text = io::read_file(path);
  const Json json = parse_json(text, path.string());
  if (is_tfjs(json)) return from_tfjs(json, path);
  if (is_shard_index(json)) {
    ModelFile file{.format = "weights.json", .name = path.string()};
    file.variables = sharded_store(json, path);
    return file;
  }
  return model_file_from_json(text, path.string());
}

/// An unpacked `.keras`, or the folder of a model of TensorFlow.js.
ModelFile from_directory(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path / "config.json")) {
    if (std::filesystem::exists(path / "model.json")) return from_json(path / "model.json");
    if (std::filesystem::exists(path / "saved_model.pb")) {
      throw FileError(concat(path.string(), " is a SavedModel of TensorFlow, which holds no Keras ",
                             "config that Keratin reads: save the model as .keras or .h5"));
    }
  }
  return from_archive(io::Archive::open(path));
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
      return from_archive(io::Archive::open(path));
    case io::FileKind::directory:
      return from_directory(path);
    case io::FileKind::hdf5:
      return from_hdf5(path);
    case io::FileKind::json:
      return from_json(path);
    default:
      throw FileError(concat(path.string(), " is no Keras file: it ", io::describe(kind)));
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
