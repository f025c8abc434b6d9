#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/io/hdf5.hpp"
#include "../../../framework/serialization.hpp"
#include "../../../layers/core/dense.hpp"
#include "../../../training/losses/regression.hpp"
#include "../../../training/optimizers/adam.hpp"
#include "../../../training/saving/compile_config.hpp"
#include "../../../training/saving/load_model.hpp"
#include "../../framework/io/io_support.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/golden_models.hpp"
#include "../../support/paths.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

namespace fs = std::filesystem;
using layers::Dense;

Model small_model() {
  const auto input = Input({3}, {.name = "in"});
  return Model({input}, {Dense({.units = 2, .activation = "tanh"}, {.name = "out"})(input)});
}

void train(Model& model, int from, int to) {
  for (int step = from; step < to; ++step) {
    const auto seed = static_cast<std::uint64_t>(step);
    model.train_on_batch(testing::noise({4, 3}, seed), testing::noise({4, 2}, seed + 100));
  }
}

/// Row t of a golden's batches.
Tensor batch(const io::Hdf5File& file, const std::string& name, std::size_t t) {
  const Tensor all = file.read_dataset<real>(name);
  Shape shape = shape_of(all);
  shape.erase(shape.begin());
  Tensor one = empty(shape);
  std::copy_n(all.data() + t * one.size(), one.size(), one.data());
  return one;
}

}  // namespace

TEST_CASE("Training goes on from a file as if it had not been interrupted") {
  const io::TemporaryFolder folder;
  std::vector<Json> all;
  for (const std::string& name : Registry<optimizers::Optimizer>::instance().names())
    if (name != "LossScaleOptimizer")
      all.push_back({{"class_name", name}, {"config", Json::object()}});
  // Every kind of state that an argument adds.
  for (const char* text :
       {R"({"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": "adam"}})",
        R"({"class_name": "SGD", "config": {"momentum": 0.9, "nesterov": true}})",
        R"({"class_name": "Adam", "config": {"amsgrad": true, "weight_decay": 0.1}})",
        R"({"class_name": "RMSprop", "config": {"momentum": 0.5, "centered": true}})",
        R"({"class_name": "Adam", "config": {"use_ema": true, "ema_overwrite_frequency": 2}})",
        R"({"class_name": "SGD", "config": {"gradient_accumulation_steps": 2}})",
        R"({"class_name": "SGD", "config": {"learning_rate": {"class_name": "ExponentialDecay",
            "config": {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5}}}})"}) {
    all.push_back(Json::parse(text));
  }
  CHECK(all.size() >= 13 + 6);
  for (const char* name : {"model.keras", "model.h5"}) {
    for (const Json& optimizer : all) {
      CAPTURE(name);
      CAPTURE(optimizer.dump());
      Model model = small_model();
      model.compile({.optimizer = deserialize<optimizers::Optimizer>(optimizer),
                     .loss = "mse",
                     .metrics = {"mae"}});
      train(model, 0, 3);
      model.save(folder / name);
      LoadReport report;
      Model loaded = load_model(folder / name, {.report = &report});
      CHECK(report.warnings == std::vector<std::string>());
      REQUIRE(loaded.compiled());
      CHECK(loaded.optimizer().iterations() == 3);
      // Files hold the state, the learning rate in it, in float32.
      if constexpr (sizeof(real) == sizeof(float)) {
        CHECK(saving::compile_config_of(loaded.compile_options()).dump() ==
              saving::compile_config_of(model.compile_options()).dump());
        train(model, 3, 6);
        train(loaded, 3, 6);
        for (std::size_t i = 0; i < model.weights().size(); ++i)
          CHECK(testing::same_bits(loaded.weights()[i]->value(), model.weights()[i]->value()));
      }
      CHECK_FALSE(load_model(folder / name, {.compile = false}).compiled());
    }
  }
}

TEST_CASE("tf.keras's state goes there and back") {
  if constexpr (sizeof(real) != sizeof(float)) return;
  const io::TemporaryFolder folder;
  for (const char* name : {"model.keras", "model.h5"}) {
    for (const char* optimizer : {"sgd", "adam", "adamw", "rmsprop", "adagrad"}) {
      CAPTURE(name);
      CAPTURE(optimizer);
      Model model = small_model();
      model.compile({.optimizer = optimizer, .loss = "mse"});
      train(model, 0, 3);
      std::vector<std::string> notes;
      model.save(folder / name, {.keras_version = "2.15", .notes = &notes});
      CHECK(notes.empty());
      LoadReport report;
      Model loaded = load_model(folder / name, {.report = &report});
      CHECK(report.warnings == std::vector<std::string>());
      REQUIRE(loaded.compiled());
      train(model, 3, 6);
      train(loaded, 3, 6);
      for (std::size_t i = 0; i < model.weights().size(); ++i)
        CHECK(testing::same_bits(loaded.weights()[i]->value(), model.weights()[i]->value()));
    }
  }
  Model model = small_model();
  model.compile({.optimizer = "lamb", .loss = "mse"});
  CHECK_THROWS_WITH_AS(
      model.save(folder / "model.keras", {.keras_version = "2.15"}),
      "The optimizer Lamb cannot be written for Keras 2.15, which does not have it", ValueError);
  model.compile({.optimizer = "nadam", .loss = "mse"});
  train(model, 0, 1);
  std::vector<std::string> notes;
  model.save(folder / "model.keras", {.keras_version = "2.15", .notes = &notes});
  CHECK(notes == std::vector<std::string>{
                     "The state of the optimizer Nadam is not written for Keras 2.15.0"});
}

TEST_CASE("Weights alone bring the optimizer's state to an optimizer that has one") {
  const io::TemporaryFolder folder;
  Model model = small_model(), other = small_model();
  for (Model* one : {&model, &other}) one->compile({.optimizer = "adam", .loss = "mse"});
  train(model, 0, 3);
  train(other, 5, 6);
  model.save_weights(folder / "model.weights.h5");
  other.load_weights(folder / "model.weights.h5");
  CHECK(other.optimizer().iterations() == 3);
  Model fresh = small_model();
  fresh.compile({.optimizer = "adam", .loss = "mse"});
  fresh.load_weights(folder / "model.weights.h5");
  CHECK_FALSE(fresh.optimizer().built());
}

TEST_CASE("A model that was not compiled is saved without settings") {
  const io::TemporaryFolder folder;
  const Model model = small_model();
  model.save(folder / "model.keras");
  CHECK_FALSE(load_model(folder / "model.keras").compiled());
  CHECK(model_from_json(model.to_json()).to_json() == model.to_json());
}

TEST_CASE("Settings of every form are read, and what is unknown is a warning") {
  LoadReport report;
  const auto read = [&](const char* text) {
    report = {};
    return saving::read_compile_config(Json::parse(text), report);
  };
  auto options = read(R"({"optimizer_config": {"class_name": "Adam", "config": {"lr": 0.25,
      "beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-8, "decay": 0.0, "amsgrad": false}},
      "loss": {"a": "mse", "b": {"class_name": "MeanAbsoluteError", "config": {"name": "m"}}},
      "metrics": [["accuracy"], ["mae", {"class_name": "MeanMetricWrapper",
      "config": {"name": "x", "dtype": "float32", "fn": "mean_squared_error"}}]],
      "loss_weights": {"a": 2.0}, "sample_weight_mode": null})");
  REQUIRE(options);
  CHECK(report.warnings.empty());
  CHECK(options->optimizer->learning_rate() == doctest::Approx(0.25));
  CHECK(options->loss.by_name().size() == 2);
  CHECK(options->loss_weights.by_name().at("a") == 2.0);
  CHECK(options->metrics.list().at(1).size() == 2);

  options = read(R"({"optimizer": {"class_name": "SGD", "config": {"lr": 0.5, "decay": 0.5}},
      "loss": "my_own_loss", "metrics": ["my_metric"]})");
  REQUIRE(options);
  CHECK(options->optimizer->learning_rate() == doctest::Approx(0.5));
  CHECK(options->loss.empty());
  CHECK(report.warnings.size() >= 1);

  CHECK(report.warnings[0] ==
        "The model was compiled with a loss that is not known: Could not interpret loss "
        "identifier: my_own_loss. If it is one of yours, say so before loading: "
        "keratin::register_loss<my_own_loss>();");

  // Keras 2.14.
  options = read(R"({"optimizer_config": {"class_name": "Custom>Adam", "config": {"name": "Adam",
      "weight_decay": null, "jit_compile": true, "is_legacy_optimizer": false,
      "learning_rate": 0.5}}, "loss": {"class_name": "CategoricalCrossentropy", "config":
      {"reduction": "auto", "name": "c", "from_logits": false, "label_smoothing": 0.0,
      "axis": -1, "fn": "categorical_crossentropy"}}})");
  REQUIRE(options);
  CHECK(report.warnings == std::vector<std::string>());
  CHECK(options->optimizer->class_name() == "Adam");

  CHECK_FALSE(read(R"({"optimizer": {"class_name": "Mine", "config": {}}, "loss": "mse"})"));
  CHECK(report.warnings.size() == 1);
  CHECK_FALSE(read(R"({"loss": "mse"})"));
}

TEST_CASE("Training goes on where Keras stopped") {
  const std::string training = paths::shared("golden/training");
  if (!fs::exists(training)) return;
  const auto data = io::Hdf5File::open(training + "/data.h5");
  const auto trajectories = io::Hdf5File::open(training + "/trajectories.h5");
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(training)) {
    const std::string name = entry.path().filename().string();
    if (!io::contains(name, ".after10.")) continue;
    ++count;
    CAPTURE(name);
    const std::string path = training + "/" + name;
    if (!testing::unknown_layers(path).empty()) continue;
    LoadReport report;
    Model model = load_model(path, {.report = &report});
    CHECK(report.warnings == std::vector<std::string>());
    REQUIRE(model.compiled());
    const std::string group = name.substr(0, name.find('.'));
    // A moving average of the weights amplifies rounding: see the goldens' README.
    const double tolerance = group == "adam_ema" ? 2e-4 : 1e-5;
    const auto expected = trajectories.read_dataset<double>("/" + group + "/loss_f32");
    for (std::size_t t = 10; t < 15; ++t) {
      CAPTURE(t);
      const Logs logs = model.train_on_batch(batch(data, "x", t), batch(data, "y", t));
      CHECK(log_value(logs, "loss") == doctest::Approx(expected.data()[t]).epsilon(tolerance));
    }
  }
  CHECK(count >= 13);
}

}  // namespace keratin::inline KERATIN_VARIANT
