#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/io/zip.hpp"
#include "../../../framework/sequential_function.hpp"
#include "../../../framework/serialization.hpp"
#include "../../../layers/activations/activation.hpp"
#include "../../../layers/convolutional/conv.hpp"
#include "../../../layers/convolutional/depthwise_conv.hpp"
#include "../../../layers/convolutional/separable_conv.hpp"
#include "../../../layers/core/dense.hpp"
#include "../../../layers/normalization/batch_normalization.hpp"
#include "../../../training/saving/load_model.hpp"
#include "../../../training/saving/python_json.hpp"
#include "../../../training/saving/save_function.hpp"
#include "../../framework/io/io_support.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/golden_models.hpp"
#include "../../support/paths.hpp"

namespace fs = std::filesystem;

namespace keratin::inline KERATIN_VARIANT::testing {
namespace {

using saving::python_json;

/// The settings of compile(), without the backend's own name of the optimizer's class.
Json comparable_settings(const Json& config) {
  Json settings = comparable(config["compile_config"]);
  settings["optimizer"].erase("module");
  settings["optimizer"].erase("registered_name");
  return settings;
}

Json config_of(const fs::path& path) {
  return Json::parse(io::Archive::open(path).read("config.json"));
}

io::Hdf5File weights_in(const fs::path& path) {
  return io::Hdf5File::from_image(io::Archive::open(path).read("model.weights.h5"), path.string());
}

/// Loaded and written for the version that wrote it, `path` is as it was.
void check_unchanged(const fs::path& path, const std::string& version) {
  CAPTURE(path.string());
  const io::TemporaryFolder folder;
  const Model model = load_model(path);
  const fs::path saved = folder / ("saved" + path.extension().string());
  model.save(saved, {.keras_version = version});
  if (path.extension() == ".keras") {
    CHECK(python_json(comparable(config_of(saved))) == python_json(comparable(config_of(path))));
    CHECK(python_json(comparable_settings(config_of(saved))) ==
          python_json(comparable_settings(config_of(path))));
    const Json ours = Json::parse(io::Archive::open(saved).read("metadata.json"));
    const Json theirs = Json::parse(io::Archive::open(path).read("metadata.json"));
    CHECK(ours["keras_version"] == theirs["keras_version"]);
    check_same_tree(weights_in(saved), weights_in(path));
    fs::path weights = path;
    weights.replace_extension(".weights.h5");
    if (!fs::exists(weights)) return;
    model.save_weights(folder / "saved.weights.h5", {.keras_version = version});
    check_same_tree(io::Hdf5File::open(folder / "saved.weights.h5"), io::Hdf5File::open(weights));
  } else {
    const auto ours = io::Hdf5File::open(saved), theirs = io::Hdf5File::open(path);
    for (const char* attribute : {"model_config", "training_config"}) {
      CHECK(python_json(comparable(Json::parse(ours.string_attribute("/", attribute)))) ==
            python_json(comparable(Json::parse(theirs.string_attribute("/", attribute)))));
    }
    CHECK(ours.string_attribute("/", "keras_version") ==
          theirs.string_attribute("/", "keras_version"));
    check_same_tree(ours, theirs);
  }
}

const std::string versions_folder = paths::shared("golden/versions/");

bool is_known(const std::string& model) {
  return fs::exists(model) && unknown_layers(model).empty();
}

std::string error_of(const Function& function, const std::string& version) {
  const io::TemporaryFolder folder;
  try {
    save_function(function, folder / "model.keras", {.keras_version = version});
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

std::shared_ptr<Function> row_of(const LayerHandle& layer, const Shape& shape) {
  auto row = std::make_shared<SequentialFunction>(std::vector<LayerHandle>{layer});
  row->build({shape});
  return row;
}

std::string default_version(const Function& function) {
  const io::TemporaryFolder folder;
  save_function(function, folder / "model.keras");
  LoadReport report;
  load_function(folder / "model.keras", &report);
  return report.keras_version;
}

}  // namespace

TEST_CASE("A file written for the version of Keras that wrote it is the same file") {
  for (const char* extension : {".keras", ".h5"}) {
    check_unchanged(paths::data("keras/cnn_keras3_3" + std::string(extension)), "3.3.3");
    check_unchanged(paths::data("keras/cnn_keras3_9" + std::string(extension)), "3.9.2");
    for (const std::string version : {"3.3.3", "3.9.2", "3.15.1"}) {
      for (const char* name : {"/cnn", "/seq"}) {
        const std::string path = versions_folder + version + name + extension;
        if (is_known(path)) check_unchanged(path, version);
      }
    }
  }
}

TEST_CASE("A model that one version of Keras saved is written as another would save it") {
  const io::TemporaryFolder folder;
  for (const std::string from : {"3.3.3", "3.9.2", "3.15.1"}) {
    for (const std::string to : {"3.3.3", "3.9.2", "3.15.1"}) {
      for (const std::string name : {"/cnn.keras", "/seq.keras"}) {
        if (!is_known(versions_folder + from + name)) continue;
        CAPTURE(from);
        CAPTURE(to);
        load_model(versions_folder + from + name)
            .save(folder / "saved.keras", {.keras_version = to});
        CHECK(python_json(comparable(config_of(folder / "saved.keras"))) ==
              python_json(comparable(config_of(versions_folder + to + name))));
      }
    }
  }
}

TEST_CASE("tf.keras's own files are written as they were") {
  const io::TemporaryFolder folder;
  const std::string row = paths::shared("real/bbfrederick__rapidtide__model.keras");
  if (fs::exists(row)) {
    save_function(*load_function(row), folder / "saved.keras", {.keras_version = "2.18.0"});
    Json theirs = config_of(row);
    // The first layer repeats what the InputLayer says.
    theirs["config"]["layers"][1]["config"].erase("batch_input_shape");
    CHECK(python_json(config_of(folder / "saved.keras")) == python_json(theirs));
    check_same_tree(weights_in(folder / "saved.keras"), weights_in(row));
  }
  const std::string graph = paths::shared("real/mlcommons__tiny__str_ww_ref_model.h5");
  if (fs::exists(graph)) {
    load_model(graph).save(folder / "saved.h5", {.keras_version = "2.15"});
    const auto ours = io::Hdf5File::open(folder / "saved.h5"), theirs = io::Hdf5File::open(graph);
    Json expected = Json::parse(theirs.string_attribute("/", "model_config"));
    for (Json& layer : expected["config"]["layers"]) {
      if (layer["config"].contains("scale")) layer["config"]["scale"] = true;  // it has 1
    }
    CHECK(python_json(Json::parse(ours.string_attribute("/", "model_config"))) ==
          python_json(expected));
    check_same_tree(ours, theirs);
  }
}

TEST_CASE("What is written for tf.keras comes back") {
  const io::TemporaryFolder folder;
  std::size_t count = 0;
  for (const std::string& source : {paths::data("keras"), paths::shared("golden/models")}) {
    for (const GoldenModel& golden : golden_models(source, ".keras")) {
      if (!unknown_layers(golden.model).empty()) continue;
      CAPTURE(golden.model.string());
      const auto function = load_function(golden.model);
      if (error_of(*function, "2.15") != "") continue;
      ++count;
      for (const char* name : {"model.keras", "model.h5"}) {
        save_function(*function, folder / name, {.keras_version = "2.15"});
        LoadReport report;
        const auto loaded = load_function(folder / name, &report);
        CHECK(report.keras_version == "2.15.0");
        CHECK(report.warnings == std::vector<std::string>());
        check_computes_as_keras(*loaded, golden.io, 1e-4);
      }
      for (const char* name : {"model.weights.h5", "model.h5"}) {
        save_weights(*function, folder / name, {.keras_version = "2.15"});
        const auto loaded = function_from_json(to_json(*function, {.keras_version = "2.15"}));
        load_weights(*loaded, folder / name);
        check_computes_as_keras(*loaded, golden.io, 1e-4);
      }
    }
  }
  CHECK(count >= 10);
}

TEST_CASE("What a version does not know is refused by the name of layer, argument and version") {
  using layers::Activation;
  using layers::DepthwiseConv2D;
  const auto strided =
      row_of(DepthwiseConv2D({.kernel_size = 3, .strides = 2, .dilation_rate = 2}, {.name = "dw"}),
             {unknown, 9, 9, 2});
  CHECK(error_of(*strided, "3.14") ==
        "Layer 'dw' (DepthwiseConv2D): `strides`=[2, 2] with `dilation_rate`=[2, 2] came with "
        "Keras 3.15 and cannot be written for Keras 3.14.0. Allowed: keras_version=3.15 or newer");
  CHECK(error_of(*strided, "3.15") == "");
  CHECK(default_version(*strided) == "3.15.0");

  const auto celu = row_of(Activation({.activation = "celu"}, {.name = "a"}), {unknown, 2});
  CHECK(error_of(*celu, "3.6") ==
        "Layer 'a' (Activation): `activation`=\"celu\" came with Keras 3.7 and cannot be written "
        "for Keras 3.6.0. Allowed: keras_version=3.7 or newer");
  CHECK(error_of(*celu, "2.15") ==
        "Layer 'a' (Activation): `activation`=\"celu\" cannot be written for Keras 2.15, which "
        "does not have it");
  CHECK(default_version(*celu) == "3.7.0");

  const auto old =
      row_of(Activation({.activation = "hard_sigmoid_keras2"}, {.name = "a"}), {unknown, 2});
  CHECK(error_of(*old, "3.9") ==
        "Layer 'a' (Activation): `activation`=\"hard_sigmoid_keras2\" is in no Keras 3 and cannot "
        "be written for Keras 3.9.0. Allowed: keras_version=2.15");
  CHECK(error_of(*old, "2.15") == "");
  const auto other =
      row_of(Activation({.activation = "hard_sigmoid"}, {.name = "a"}), {unknown, 2});
  CHECK(error_of(*other, "2.15") ==
        "Layer 'a' (Activation): `activation`=\"hard_sigmoid\" cannot be written for Keras 2.15, "
        "which computes another function by that name");

  for (const char* version : {"2.14", "2.22", "3.16", "4.0", "3", "3.3.3.3", "3.-1", "3.x", "v3"}) {
    CHECK(error_of(*celu, version) ==
          concat("Invalid value for argument `keras_version`. Received: ", version,
                 ", allowed: 2.15 to 2.21 (tf.keras) and 3.0 to 3.15, such as \"3.9\" or "
                 "\"3.9.2\"; empty for what every Keras 3 opens"));
  }
}

TEST_CASE("By default files are written that every Keras 3 opens") {
  const io::TemporaryFolder folder;
  const auto function = load_function(paths::data("keras/batchnorm.keras"));
  save_function(*function, folder / "model.keras");
  const std::string text = io::Archive::open(folder / "model.keras").read("config.json");
  // The first versions of Keras 3 refuse all of these.
  for (const char* word : {"DTypePolicy", "renorm", "optional", "ragged", "input_axes"}) {
    CAPTURE(word);
    CHECK_FALSE(io::contains(text, word));
  }
  CHECK(default_version(*function) == "3.0.0");
}

TEST_CASE("A penalty that older versions compute otherwise is noted, not refused") {
  const io::TemporaryFolder folder;
  const auto row = row_of(layers::Dense({.units = 2}, {.name = "d", .activity_regularizer = "l2"}),
                          {unknown, 3});
  std::vector<std::string> notes;
  save_function(*row, folder / "model.keras", {.keras_version = "3.13", .notes = &notes});
  CHECK(notes == std::vector<std::string>{"Layer 'd' (Dense): `activity_regularizer`, which is "
                                          "divided by the batch size only from Keras 3.14 on"});
  notes.clear();
  save_function(*row, folder / "model.keras", {.notes = &notes});
  CHECK(notes.empty());
  CHECK(default_version(*row) == "3.14.0");
}

}  // namespace keratin::inline KERATIN_VARIANT::testing
