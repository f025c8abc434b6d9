#include <filesystem>
#include <sstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../framework/io/hdf5.hpp"
#include "../../framework/serialization.hpp"
#include "../../training/losses/crossentropy.hpp"
#include "../../training/model.hpp"
#include "../../training/saving/load_function.hpp"
#include "../support/check_layers.hpp"
#include "../support/paths.hpp"

// Ten steps of training as real Keras took them, with each optimizer and each option of fit.

using namespace keratin;
using keratin::testing::check_close;

namespace {

const std::filesystem::path folder = paths::data("training");

struct Steps {
  Tensor x, y, sample_weight;  // (steps, batch, ...)

  Steps() {
    const auto file = io::Hdf5File::open(folder / "data.h5");
    x = file.read_dataset<real>("x");
    y = file.read_dataset<real>("y");
    sample_weight = file.read_dataset<real>("sample_weight");
  }
  static Tensor of(const Tensor& all, std::size_t step) {
    Shape shape = shape_of(all);
    shape.erase(shape.begin());
    Tensor part = empty(shape);
    std::copy_n(all.data() + step * part.size(), part.size(), part.data());
    return part;
  }
};

Tensor one_hot(const Tensor& labels, Dim classes) {
  Tensor rows = zeros({static_cast<Dim>(labels.size()), classes});
  for (std::size_t i = 0; i < labels.size(); ++i) rows(i, static_cast<std::size_t>(labels(i))) = 1;
  return rows;
}

/// All weights, one after the other, in the order of the file's weight_paths.
Tensor raveled(const Model& model, const std::string& paths) {
  std::vector<real> values;
  std::istringstream lines(paths);
  for (std::string path; std::getline(lines, path);) {
    const auto weights = model.weights();
    const auto found = std::ranges::find_if(
        weights, [&](const Parameter* parameter) { return parameter->path() == path; });
    REQUIRE(found != weights.end());
    values.insert(values.end(), (*found)->value().begin(), (*found)->value().end());
  }
  Tensor all = empty({static_cast<Dim>(values.size())});
  std::copy(values.begin(), values.end(), all.begin());
  return all;
}

struct Trajectory {
  const io::Hdf5File& file;
  std::string name;
  Json options;

  Trajectory(const io::Hdf5File& trajectories, std::string group)
      : file(trajectories), name(std::move(group)) {
    if (file.has_attribute(name, "options"))
      options = Json::parse(file.string_attribute(name, "options"));
  }

  Model model() const {
    Model loaded(load_function(folder / "init.keras"));
    if (options.contains("frozen"))
      loaded.get_layer(options["frozen"].get<std::string>())->set_trainable(false);
    const Json optimizer = Json::parse(file.string_attribute(name, "optimizer_config"));
    CompileOptions compile{.optimizer = deserialize<optimizers::Optimizer>(optimizer),
                           .metrics = {"accuracy"}};
    if (options.contains("mse")) {
      compile.loss = "mean_squared_error";
    } else if (options.contains("ls")) {
      compile.loss = losses::CategoricalCrossentropy({.label_smoothing = options["ls"]});
    } else {
      compile.loss = "sparse_categorical_crossentropy";
    }
    loaded.compile(std::move(compile));
    return loaded;
  }

  Logs step(Model& model, const Steps& steps, std::size_t t) const {
    const Tensor x = Steps::of(steps.x, t), labels = Steps::of(steps.y, t);
    const Tensor weight = Steps::of(steps.sample_weight, t);
    const bool hot = options.contains("mse") || options.contains("ls");
    std::map<int, double> class_weight;
    if (options.contains("cw")) {
      for (const auto& [label, value] : options["cw"].items())
        class_weight[std::stoi(label)] = value.get<double>();
    }
    return model.train_on_batch(x, hot ? one_hot(labels, 4) : labels,
                                options.contains("sw") ? Data(weight) : Data(), class_weight);
  }
};

}  // namespace

TEST_CASE("training follows Keras step by step") {
  const auto file = io::Hdf5File::open(folder / "trajectories.h5");
  const Steps steps;
  const std::string paths = file.string_attribute("/", "weight_paths");
  // The steps amplify rounding; a moving average of the weights twice (see the goldens' README).
  const bool is_double = sizeof(real) == sizeof(double);
  std::size_t checked = 0;
  for (const std::string& name : file.children()) {
    if (!file.is_group(name)) continue;
    const std::string optimizer = Json::parse(file.string_attribute(name, "optimizer_config"))
                                      .at("class_name")
                                      .get<std::string>();
    if (!Registry<optimizers::Optimizer>::instance().contains(optimizer)) continue;
    ++checked;
    CAPTURE(name);
    const Trajectory trajectory(file, name);
    Model model = trajectory.model();
    const Tensor loss = file.read_dataset<real>(name + "/loss");
    const Tensor accuracy = file.read_dataset<real>(name + "/accuracy");
    const double tolerance = name == "adam_ema" ? 2e-4 : is_double ? 1e-6 : 1e-5;
    for (std::size_t t = 0; t < loss.size(); ++t) {
      CAPTURE(t);
      const Logs logs = trajectory.step(model, steps, t);
      CHECK(log_value(logs, "loss") ==
            doctest::Approx(static_cast<double>(loss(t))).epsilon(tolerance));
      CHECK(log_value(logs, "accuracy") ==
            doctest::Approx(static_cast<double>(accuracy(t))).epsilon(1e-6));
      if (t == 0)
        check_close(raveled(model, paths), file.read_dataset<real>(name + "/weights_step1"),
                    tolerance);
    }
    check_close(raveled(model, paths), file.read_dataset<real>(name + "/weights_step10"),
                10 * tolerance);
  }
  CHECK(checked >= 20);
}
