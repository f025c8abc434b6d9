#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/io/hdf5.hpp"
#include "../../../framework/sequential_function.hpp"
#include "../../../training/saving/legacy/match_weights.hpp"
#include "../../../training/saving/legacy/optimizer_slots.hpp"
#include "../../../training/saving/load_function.hpp"
#include "../../framework/io/io_support.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

using testing::filled;
using testing::noise;

/// A legacy file of Keras 2 with the layers and weights given.
class OldFile {
 public:
  OldFile(const std::string& config, const std::string& version = "2.1.6") {
    file_.write_attribute("/", "keras_version", version);
    file_.write_attribute("/", "backend", std::string("tensorflow"));
    file_.write_attribute("/", "model_config", config);
    file_.create_group("/model_weights");
  }
  void add(const std::string& layer, const std::vector<std::pair<std::string, Tensor>>& weights) {
    const std::string group = "/model_weights/" + layer;
    file_.create_group(group);
    std::vector<std::string> names;
    for (const auto& [name, value] : weights) {
      names.push_back(name);
      file_.write_dataset(group + "/" + name, value);
    }
    file_.write_string_list(group, "weight_names", names);
    layers_.push_back(layer);
  }
  void save(const std::filesystem::path& path) {
    file_.write_string_list("/model_weights", "layer_names", layers_);
    file_.save(path);
  }

 private:
  io::Hdf5File file_ = io::Hdf5File::create();
  std::vector<std::string> layers_;
};

Tensor predicted(Function& function, const Tensor& input) {
  if (!function.built()) function.build({shape_of(input)});
  Step step;
  Context context(step);
  context.run(function, input);
  return context.take_outputs()[0];
}

}  // namespace

TEST_CASE("A Sequential without the shape of its input is built from its weights") {
  const io::TemporaryFolder folder;
  OldFile file(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "Dropout", "config": {"name": "drop", "rate": 0.5}},
      {"class_name": "Dense", "config": {"name": "d", "units": 1, "activation": "linear"}}]}})");
  file.add("d", {{"d/kernel:0", filled({2, 1}, {1, 10})}, {"d/bias:0", filled({1}, {5})}});
  file.save(folder / "m.h5");
  LoadReport report;
  const auto function = load_function(folder / "m.h5", &report);
  CHECK(function->built());
  CHECK(report.notes.empty());
  CHECK(predicted(*function, filled({1, 2}, {1, 2})) == filled({1, 1}, {26}));
}

TEST_CASE("A batch may be of another size than the file's batch_input_shape says") {
  const io::TemporaryFolder folder;
  OldFile file(R"({"class_name": "Sequential", "config": [{"class_name": "Dense", "config":
      {"name": "d", "units": 1, "activation": "linear", "batch_input_shape": [25, 2]}}]})");
  file.add("d", {{"d/kernel:0", filled({2, 1}, {1, 10})}, {"d/bias:0", filled({1}, {5})}});
  file.save(folder / "m.h5");
  const auto function = load_function(folder / "m.h5");
  CHECK(predicted(*function, filled({1, 2}, {1, 2})) == filled({1, 1}, {26}));
}

TEST_CASE("Where the weights do not tell the shape, they are read at the first call") {
  const io::TemporaryFolder folder;
  OldFile file(R"({"class_name": "Sequential", "config": [
      {"class_name": "Flatten", "config": {"name": "f"}},
      {"class_name": "Dense", "config": {"name": "d", "units": 1, "activation": "linear"}}]})");
  file.add("f", {});
  file.add("d", {{"d/kernel:0", filled({2, 1}, {1, 10})}, {"d/bias:0", filled({1}, {5})}});
  const std::string path = (folder / "m.h5").string();
  file.save(path);
  LoadReport report;
  const auto function = load_function(path, &report);
  CHECK_FALSE(function->built());
  CHECK(report.notes == std::vector<std::string>{
                            path + " does not say the shape of the model's input: it is built, "
                                   "and its weights are read, at the first call"});
  CHECK(predicted(*function, filled({1, 1, 2}, {1, 2})) == filled({1, 1}, {26}));
  // A shape that the weights do not fit.
  const auto other = load_function(path);
  CHECK_THROWS_AS(predicted(*other, zeros({1, 3, 2})), ValueError);
}

TEST_CASE("A nested model's weights are found by names with slashes, whatever their order") {
  const io::TemporaryFolder folder;
  const std::string dense = R"({"class_name": "Dense", "config": {"name": "NAME", "units": 2,
      "use_bias": false, "batch_input_shape": [null, 2]}})";
  const auto layer = [&](const std::string& name) {
    std::string text = dense;
    return text.replace(text.find("NAME"), 4, name);
  };
  OldFile file(R"({"class_name": "Sequential", "config": {"name": "outer", "layers": [
      {"class_name": "Sequential", "config": {"name": "inner", "layers": [)" +
               layer("block/one") + ", " + layer("block/two") + "]}}]}}");
  const Tensor one = noise({2, 2}, 1), two = noise({2, 2}, 2);
  file.add("inner", {{"block/two/kernel:0", two}, {"block/one/kernel:0", one}});
  file.save(folder / "m.h5");
  const auto function = load_function(folder / "m.h5");
  REQUIRE(function->weights().size() == 2);
  CHECK(testing::same_bits(function->weights()[0]->value(), one));
  CHECK(testing::same_bits(function->weights()[1]->value(), two));
}

TEST_CASE("The states of old optimizers are brought into today's order") {
  using Variable = optimizers::Optimizer::Variable;
  const auto wanted = [](const std::vector<std::string>& slots) {
    std::vector<Variable> all = {{"iteration", "int64", zeros({})},
                                 {"learning_rate", "float32", full({}, real(0.5))}};
    for (const std::string& slot : slots) all.push_back({slot, "float32", zeros({2})});
    return all;
  };
  const auto value = [](int i) { return full({2}, static_cast<real>(i)); };
  const auto numbers = [](const Tensors& values) {
    std::vector<int> found;
    for (std::size_t i = 2; i < values.size(); ++i)
      found.push_back(static_cast<int>(values[i].data()[0]));
    return found;
  };
  const auto adam = wanted({"a_momentum", "a_velocity", "b_momentum", "b_velocity"});
  const Tensor iteration = full({}, 7);
  // All momentums, all velocities, and placeholders for what amsgrad would keep.
  CHECK(numbers(saving::order_optimizer_state(
            {"Adam/iterations:0", "v:0", "v_1:0", "v_2:0", "v_3:0", "v_4:0", "v_5:0"},
            {iteration, value(1), value(2), value(3), value(4), zeros({1}), zeros({1})}, adam)) ==
        std::vector<int>{1, 3, 2, 4});
  // Keras 2.11 and later.
  const Tensors ordered = saving::order_optimizer_state(
      {"iteration:0", "Adam/m/a:0", "Adam/v/a:0", "Adam/m/b:0", "Adam/v/b:0"},
      {iteration, value(1), value(2), value(3), value(4)}, adam);
  CHECK(numbers(ordered) == std::vector<int>{1, 2, 3, 4});
  CHECK(ordered[0].data()[0] == 7);
  CHECK(ordered[1].data()[0] == real(0.5));
  // RMSprop of Keras 1 counted nothing.
  CHECK(numbers(saving::order_optimizer_state({"param_0", "param_1"}, {value(1), value(2)},
                                              wanted({"a_velocity", "b_velocity"}))) ==
        std::vector<int>{1, 2});
  // SGD without momentum.
  CHECK(
      saving::order_optimizer_state({"SGD/iterations:0", "v:0"}, {iteration, value(1)}, wanted({}))
          .size() == 2);
}

}  // namespace keratin::inline KERATIN_VARIANT
