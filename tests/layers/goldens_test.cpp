// What real Keras computed for each of its layers (README of the golden files beside the sources):
// runs where they are there.
#include <algorithm>
#include <filesystem>
#include <set>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../framework/function.hpp"
#include "../../framework/io/hdf5.hpp"
#include "../../framework/io/zip.hpp"
#include "../../framework/serialization.hpp"
#include "../../framework/stores_more.hpp"
#include "../support/check_layers.hpp"
#include "../support/paths.hpp"

using namespace keratin;
namespace fs = std::filesystem;

namespace {

const fs::path folder = paths::shared("golden/layers");

constexpr double tolerance = sizeof(real) == 4 ? 1e-5 : 1e-6;

/// Keras computes the matrix of mels in float32 whatever the dtype, which leaves its smallest
/// weight of the golden case 1e-5 of itself: 4.5e-5 decibels, where the largest are 19.
double output_tolerance(const std::string& name) {
  return name == "mel_spectrogram" ? std::max(tolerance, 3e-6) : tolerance;
}

Tensor read(const io::Hdf5File& file, const std::string& path) {
  return file.read_dataset<real>(path);
}

/// Adds the names of all classes in `json` to `classes`.
void collect_classes(const Json& json, std::set<std::string>& classes) {
  if (json.is_object() && json.contains("class_name") && json.contains("config") &&
      (json.value("module", "").starts_with("keras.layers") ||
       json.value("module", "").starts_with("keras.src.ops"))) {
    classes.insert(json["class_name"].get<std::string>());
  }
  for (const auto& element : json) {
    if (element.is_structured()) collect_classes(element, classes);
  }
}

bool is_supported(const Json& config) {
  std::set<std::string> classes;
  collect_classes(config, classes);
  return std::ranges::all_of(
      classes, [](const std::string& name) { return Registry<Layer>::instance().contains(name); });
}

/// Reads the weights of `layer` from where Keras 3 stores them.
void load_weights(Layer& layer, const io::Hdf5File& file, const std::string& path) {
  std::size_t i = 0;
  if (const auto* more = dynamic_cast<const StoresMore*>(&layer)) i = more->also_stored().size();
  for (const bool trainable : {true, false}) {
    for (Parameter& parameter : layer.own_weights()) {
      if (parameter.is_trainable_kind() == trainable)
        parameter.assign(read(file, path + "/vars/" + std::to_string(i++)));
    }
  }
  for (const Sublayer& sublayer : layer.sublayers())
    load_weights(*sublayer.layer, file, path + "/" + sublayer.path);
}

struct Golden {
  explicit Golden(const std::string& stem)
      : name(stem),
        archive(io::Archive::open(folder / (stem + ".keras"))),
        config(Json::parse(archive.read("config.json"))),
        io(io::Hdf5File::open(folder / (stem + ".io.h5"))) {}

  std::string name;
  io::Archive archive;
  Json config;
  io::Hdf5File io;

  Tensors all(const std::string& prefix) const {
    Tensors tensors;
    for (std::size_t i = 0; io.has(prefix + std::to_string(i)); ++i)
      tensors.push_back(read(io, prefix + std::to_string(i)));
    return tensors;
  }
};

void check_all(const Tensors& actual, const Tensors& expected, double rtol) {
  REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    testing::check_close(actual[i], expected[i], rtol, 1e-7);
  }
}

/// Forward and backward in one mode, against the datasets whose names begin with `prefix`.
void check_step(Layer& model, const Golden& golden, const std::string& prefix, bool training) {
  const Tensors inputs = golden.all("input_");
  std::vector<const Tensor*> refs;
  for (const Tensor& input : inputs) refs.push_back(&input);
  Step step{.training = training, .backward = true};
  Context context(step);
  Tensors outputs;
  for (const Tensor* output : context.run(model, refs)) outputs.push_back(*output);
  check_all(outputs, golden.all(prefix + "output_"), output_tolerance(golden.name));
  if (!golden.io.has("dy_0")) return;
  const Tensors input_gradients = context.run_backward(golden.all("dy_"));
  for (std::size_t i = 0; i < input_gradients.size(); ++i) {
    CAPTURE(i);
    const std::string name = prefix + "dx_" + std::to_string(i);
    if (golden.io.has(name))
      testing::check_close(input_gradients[i], read(golden.io, name), 5 * tolerance, 1e-6);
  }
  std::size_t i = 0;
  for (const Parameter* parameter : model.trainable_weights()) {
    const std::string name = prefix + "dw_" + std::to_string(i++);
    CAPTURE(name);
    REQUIRE(golden.io.has(name));
    const Tensor* gradient = step.gradients.find(*parameter);
    REQUIRE(gradient != nullptr);
    testing::check_close(*gradient, read(golden.io, name), 5 * tolerance, 1e-6);
  }
  if (!training) return;
  step.commit();
  i = 0;
  for (const Parameter* parameter : model.non_trainable_weights()) {
    const std::string name = prefix + "state_" + std::to_string(i++);
    CAPTURE(name);
    testing::check_close(parameter->value(), read(golden.io, name), tolerance, 1e-7);
  }
}

}  // namespace

TEST_CASE("layers give what Keras gives") {
  if (!fs::exists(folder)) return;
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".keras") continue;
    const std::string name = entry.path().stem().string();
    CAPTURE(name);
    const Golden golden(name);
    if (!is_supported(golden.config)) continue;
    try {
      const auto model = deserialize<Layer>(golden.config);
      load_weights(*model, io::Hdf5File::from_image(golden.archive.read("model.weights.h5"), name),
                   "");
      check_step(*model, golden, "", false);
      if (golden.io.has("train_output_0")) check_step(*model, golden, "train_", true);
    } catch (const Error& error) {
      FAIL_CHECK(std::string(error.what()));
    }
    ++count;
  }
  MESSAGE(count << " of Keras's layer cases");
  CHECK(count > 0);
}
