#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/io/hdf5.hpp"
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
  for (const char* name : {"model.keras", "model.h5"}) {
    for (const char* optimizer : {"sgd", "adam", "rmsprop", "adamw"}) {
      CAPTURE(name);
      CAPTURE(optimizer);
      Model model = small_model();
      model.compile({.optimizer = optimizer, .loss = "mse", .metrics = {"mae"}});
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

  CHECK_FALSE(read(R"({"optimizer": {"class_name": "Mine", "config": {}}, "loss": "mse"})"));
  CHECK(report.warnings.size() == 1);
  CHECK_FALSE(read(R"({"loss": "mse"})"));
}

TEST_CASE("Training goes on where Keras stopped") {
  const std::string training = paths::shared("golden/training");
  if (!fs::exists(training)) return;
  const auto data = io::Hdf5File::open(training + "/data.h5");
  const auto trajectories = io::Hdf5File::open(training + "/trajectories.h5");
  for (const char* name :
       {"adam.after10.keras", "adam.after10.h5", "sgd_momentum.after10.keras",
        "sgd_momentum.after10.h5", "sgd_nesterov.after10.keras", "rmsprop_centered.after10.keras",
        "adamw.after10.keras", "sgd_exp_decay.after10.keras", "adagrad.after10.keras",
        "ftrl.after10.keras", "lamb.after10.keras", "lion.after10.keras"}) {
    CAPTURE(name);
    const std::string path = training + "/" + name;
    if (!testing::unknown_layers(path).empty()) continue;
    LoadReport report;
    Model model = load_model(path, {.report = &report});
    CHECK(report.warnings == std::vector<std::string>());
    REQUIRE(model.compiled());
    const std::string group = std::string(name).substr(0, std::string(name).find('.'));
    const auto expected = trajectories.read_dataset<double>("/" + group + "/loss_f32");
    for (std::size_t t = 10; t < 15; ++t) {
      CAPTURE(t);
      const Logs logs = model.train_on_batch(batch(data, "x", t), batch(data, "y", t));
      CHECK(log_value(logs, "loss") == doctest::Approx(expected.data()[t]).epsilon(2e-4));
    }
  }
}

}  // namespace keratin::inline KERATIN_VARIANT
