// The networks of keras.applications against what Keras 3.15.1 says of them, layer by layer.
#include "../../applications/applications.hpp"

#include <unistd.h>

#include <filesystem>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../framework/base/json.hpp"
#include "../../framework/io/zip.hpp"
#include "../../framework/naming.hpp"
#include "../../framework/operation.hpp"
#include "../../layers/preprocessing/rescaling.hpp"
#include "../../training/saving/save_function.hpp"
#include "../support/golden_models.hpp"
#include "../support/paths.hpp"
#include "../support/stored.hpp"

using namespace keratin;
using namespace keratin::applications;

namespace {

Json shape_json(const Shape& shape) {
  Json json = Json::array();
  for (const Dim size : shape) json.push_back(size == unknown ? Json() : Json(size));
  return json;
}

/// Without the call arguments that say nothing: Keras notes a missing mask and training=False,
/// which fit() overrules.
Json without_defaults(Json config) {
  for (Json& layer : config["layers"]) {
    for (Json& node : layer["inbound_nodes"]) {
      Json& kwargs = node["kwargs"];
      if (kwargs.contains("mask") && kwargs["mask"].is_null()) kwargs.erase("mask");
      if (kwargs.contains("training") && kwargs["training"] == false) kwargs.erase("training");
    }
  }
  return config;
}

/// What Keras lists of each layer, in its order.
Json layers_json(const Model& model) {
  Json layers = Json::array();
  for (const LayerHandle& layer : model.layers()) {
    // Keras does not count functions among the layers.
    if (dynamic_cast<const Operation*>(&*layer)) continue;
    Json shapes = Json::array(), weights = Json::array();
    const auto& node = model.function().graph()->nodes_of(*layer).at(0);
    for (const Shape& shape : node->output_shapes) shapes.push_back(shape_json(shape));
    for (const Parameter* weight : layer->weights())
      weights.push_back(
          {concat(layer->name(), "/", weight->name()), shape_json(shape_of(weight->value()))});
    layers.push_back({{"name", layer->name()},
                      {"class", layer->class_name()},
                      {"output_shape", std::move(shapes)},
                      {"params", layer->count_params()},
                      {"weights", std::move(weights)}});
  }
  return layers;
}

std::size_t trainable_params(const Model& model) {
  std::size_t count = 0;
  for (const Parameter* weight : model.trainable_weights()) count += weight->value().size();
  return count;
}

void check_as_keras(const char* network, Model (*build)()) {
  CAPTURE(network);
  static const auto archive = io::Archive::open(paths::data("applications/keras.zip"));
  const Json expected = Json::parse(archive.read(std::string(network) + ".json"));
  clear_session();
  const Model model = build();
  CHECK(model.count_params() == expected["total_params"]);
  CHECK(trainable_params(model) == expected["trainable_params"]);
  const Json actual_layers = layers_json(model);
  REQUIRE(actual_layers.size() == expected["layers"].size());
  for (std::size_t i = 0; i < actual_layers.size(); ++i)
    CHECK(actual_layers[i] == expected["layers"][i]);
  const std::string json = to_json(model.function(), {.keras_version = "3.15"});
  const Json config = testing::comparable(Json::parse(json).at("config"));
  const Json expected_config = without_defaults(testing::comparable(expected["config"]));
  REQUIRE(config["layers"].size() == expected_config["layers"].size());
  for (std::size_t i = 0; i < config["layers"].size(); ++i)
    CHECK(config["layers"][i].dump() == expected_config["layers"][i].dump());
  CHECK(config.dump() == expected_config.dump());
}

}  // namespace

TEST_CASE("Applications have Keras's layers, weights and configs") {
  check_as_keras("DenseNet121", [] { return DenseNet121(); });
  check_as_keras("EfficientNetB0", [] { return EfficientNetB0(); });
  check_as_keras("EfficientNetB1", [] { return EfficientNetB1(); });
  check_as_keras("EfficientNetV2B0", [] { return EfficientNetV2B0(); });
  check_as_keras("MobileNet", [] { return MobileNet(); });
  check_as_keras("MobileNetV2", [] { return MobileNetV2(); });
  check_as_keras("MobileNetV3Large", [] { return MobileNetV3Large(); });
  check_as_keras("MobileNetV3Small", [] { return MobileNetV3Small(); });
  check_as_keras("ResNet50", [] { return ResNet50(); });
  check_as_keras("VGG16", [] { return VGG16(); });
  check_as_keras("Xception", [] { return Xception(); });
}

TEST_CASE("Applications compute what Keras computes") {
  const std::string model = paths::shared("golden/models/mobilenet_v1_025_64.keras");
  const std::string io = paths::shared("golden/models/mobilenet_v1_025_64.io.h5");
  if (!std::filesystem::exists(model)) return;
  const Model mobilenet =
      MobileNet({.input_shape = {64, 64, 3}, .alpha = 0.25, .weights = model, .classes = 10});
  // As all networks: in float, the roundings of 28 layers add up.
  testing::check_computes_as_keras(mobilenet.function(), io, sizeof(real) == 4 ? 1e-4 : 1e-6);
}

TEST_CASE("Applications have as many weights as Keras's") {
  // The numbers of Keras's documentation.
  CHECK(ResNet101().count_params() == 44707176);
  CHECK(ResNet50V2().count_params() == 25613800);
  CHECK(DenseNet169().count_params() == 14307880);
  CHECK(InceptionV3().count_params() == 23851784);
  CHECK(InceptionResNetV2({.include_top = false}).count_params() == 55873736 - 1537 * 1000);
  CHECK(NASNetMobile().count_params() == 5326716);
  CHECK(EfficientNetB2().count_params() == 9177569);
  CHECK(VGG19({.include_top = false}).count_params() == 20024384);
}

TEST_CASE("Applications without classifier") {
  const auto output = [](const Model& model) { return tuple_text(model.outputs()[0].shape()); };
  CHECK(output(MobileNet({.alpha = 0.25, .include_top = false})) == "(None, None, None, 256)");
  CHECK(output(MobileNetV2({.input_shape = {96, 64, 3}, .alpha = 0.35, .include_top = false})) ==
        "(None, 3, 2, 1280)");
  CHECK(output(MobileNetV2({.alpha = 1.4, .include_top = false, .pooling = "avg"})) ==
        "(None, 1792)");
  CHECK(output(MobileNetV3Small({.minimalistic = true,
                                 .include_top = false,
                                 .pooling = "avg",
                                 .include_preprocessing = false})) == "(None, 576)");
  CHECK(output(Xception({.include_top = false, .input_shape = {71, 71, 3}, .pooling = "max"})) ==
        "(None, 2048)");
  CHECK(output(InceptionV3({.include_top = false, .input_shape = {75, 75, 3}})) ==
        "(None, 1, 1, 2048)");
  CHECK(output(NASNetMobile({.include_top = false})) == "(None, 7, 7, 1056)");
  CHECK(output(EfficientNetB0({.include_top = false, .pooling = "max"})) == "(None, 1280)");
  CHECK(output(EfficientNetV2B0({.include_top = false, .include_preprocessing = false})) ==
        "(None, None, None, 1280)");
}

TEST_CASE("Applications name their models") {
  const Shape small = {32, 32, 1};
  CHECK(MobileNet({.input_shape = small, .alpha = 0.25}).name() == "mobilenet_0.25_32");
  CHECK(MobileNet({.alpha = 0.5, .include_top = false}).name() == "mobilenet_0.50_None");
  CHECK(MobileNetV2({.input_shape = small, .alpha = 0.35}).name() == "mobilenetv2_0.35_32");
  CHECK(MobileNet({.input_shape = small, .alpha = 0.25, .name = "mine"}).name() == "mine");
}

TEST_CASE("Applications build on a tensor") {
  const SymbolicTensor image = Input({64, 64, 1}, {.name = "image"});
  const SymbolicTensor scaled = layers::Rescaling({.scale = 2.0}, {.name = "twice"})(image);
  const Model model =
      MobileNetV2({.alpha = 0.35, .include_top = false, .input_tensor = scaled, .pooling = "avg"});
  CHECK(model.input_names() == std::vector<std::string>{"image"});
  CHECK(model.layers()[1]->name() == "twice");
  CHECK(model.outputs()[0].shape() == Shape{unknown, 1280});
}

TEST_CASE("Applications are saved and loaded") {
  const auto folder = std::filesystem::temp_directory_path() /
                      concat("keratin_applications_", sizeof(real), "_", ::getpid());
  std::filesystem::create_directories(folder);
  const auto check = [&](const Model& model) {
    CAPTURE(model.name());
    for (const char* file : {"model.keras", "model.h5"}) {
      model.save(folder / file);
      const auto loaded = load_function(folder / file);
      CHECK(Model(loaded).to_json() == model.to_json());
      const auto expected = testing::stored(model.get_weights()),
                 actual = Model(loaded).get_weights();
      CHECK(expected == actual);
    }
  };
  const Shape small = {32, 32, 3};
  check(MobileNet({.input_shape = small, .alpha = 0.25, .classes = 7}));
  check(MobileNetV2({.input_shape = small, .alpha = 0.35, .classes = 7}));
  check(MobileNetV3Small({.input_shape = small, .alpha = 0.5, .classes = 7}));
  check(EfficientNetB0({.input_shape = small, .classes = 7}));
  check(EfficientNetV2B0({.input_shape = small, .classes = 7}));
  check(NASNetMobile({.include_top = false, .input_shape = small}));

  // Weights alone, by the layers' places and by their names.
  const MobileNetV2Options options = {.input_shape = small, .alpha = 0.35, .classes = 7};
  const Model saved = MobileNetV2(options);
  saved.save_weights(folder / "saved.weights.h5");
  saved.save(folder / "saved.h5");
  for (const char* file : {"saved.weights.h5", "saved.h5"}) {
    MobileNetV2Options with_weights = options;
    with_weights.weights = (folder / file).string();
    CHECK(MobileNetV2(with_weights).get_weights() == testing::stored(saved.get_weights()));
  }
  Model other = MobileNetV2({.input_shape = small, .alpha = 0.35, .include_top = false});
  other.load_weights(folder / "saved.h5", {.by_name = true});
  CHECK(other.get_layer("block_16_project")->weights()[0]->value() ==
        testing::stored({saved.get_layer("block_16_project")->weights()[0]->value()})[0]);
  std::filesystem::remove_all(folder);
}

TEST_CASE("Applications refuse what does not fit") {
  CHECK_THROWS_WITH_AS(
      VGG16({.weights = "imagenet"}),
      "VGG16: `weights='imagenet'` has to be downloaded, which Keratin does not do. Give the path "
      "to the weights file to be loaded, or none for random initialization.",
      ValueError);
  CHECK_THROWS_WITH_AS(
      MobileNet({.weights = "nowhere.h5"}),
      "MobileNet: The `weights` argument should be either `None` (random initialization), or the "
      "path to the weights file to be loaded. Received: weights=nowhere.h5",
      ValueError);
  CHECK_THROWS_WITH_AS(
      MobileNetV2({.pooling = "mean"}),
      "MobileNetV2: The `pooling` argument should be `None`, 'avg' or 'max'. Received: "
      "pooling=mean",
      ValueError);
  CHECK_THROWS_WITH_AS(ResNet50({.classes = 0}),
                       "ResNet50: `classes` must be a positive integer. Received: classes=0",
                       ValueError);
  CHECK_THROWS_WITH_AS(DenseNet121({.input_shape = {224, 224}}),
                       "DenseNet121: `input_shape` must be a tuple of three integers. Received: "
                       "input_shape=(224, 224)",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      Xception({.input_shape = {70, 80, 3}}),
      "Xception: Input size must be at least 71x71; Received: input_shape=(70, 80, 3)", ValueError);
  CHECK_THROWS_WITH_AS(
      EfficientNetB0({.input_shape = {unknown, 64, 3}}),
      "EfficientNetB0: If `include_top` is True, you should specify a static `input_shape`. "
      "Received: input_shape=(None, 64, 3)",
      ValueError);
  CHECK_THROWS_WITH_AS(
      MobileNetV2({.input_shape = {64, 64, 3}, .input_tensor = Input({96, 96, 3})}),
      "MobileNetV2: input_tensor.shape[2] must equal input_shape[1]; Received "
      "`input_tensor.shape=(None, 96, 96, 3)`, `input_shape=(64, 64, 3)`",
      ValueError);
  CHECK_THROWS_WITH_AS(
      MobileNetV3Large({.input_shape = {31, 64, 3}}),
      "MobileNetV3Large: Input size must be at least 32x32; Received: input_shape=(31, 64, 3)",
      ValueError);
  CHECK_THROWS_WITH_AS(
      MobileNetV3Small({.input_shape = {64, 64, 3}, .input_tensor = Input({96, 96, 3})}),
      "MobileNetV3Small: input_shape[1] must equal input_tensor.shape[2].  Received "
      "input_shape=(64, 64, 3), input_tensor.shape=(None, 96, 96, 3)",
      ValueError);
  CHECK_THROWS_WITH_AS(
      MobileNet(
          {.weights = paths::data("applications/keras.zip"), .classifier_activation = "relu"}),
      "MobileNet: Only `None` and `softmax` activations are allowed for the "
      "`classifier_activation` argument when using pretrained weights, with `include_top=True`; "
      "Received: classifier_activation=relu",
      ValueError);
}

TEST_CASE("Applications with channels first") {
  set_image_data_format("channels_first");
  const Model model = EfficientNetB0({.input_shape = {3, 32, 32}, .classes = 4});
  CHECK(model.get_layer("top_conv")->build_shapes()[0] == Shape{unknown, 320, 1, 1});
  CHECK(model.predict(zeros({1, 3, 32, 32})).size() == 4);
  CHECK_THROWS_WITH_AS(NASNetMobile(),
                       "NASNet does not support the `channels_first` image data format. Switch to "
                       "`channels_last` by set_image_data_format().",
                       ValueError);
  set_image_data_format("channels_last");
}
