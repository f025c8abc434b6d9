#include <memory>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/fields_impl.hpp"
#include "../../../framework/function.hpp"
#include "../../../framework/input_layer.hpp"
#include "../../../framework/io/atomic_file.hpp"
#include "../../../framework/io/zip.hpp"
#include "../../../framework/naming.hpp"
#include "../../../framework/register_layer.hpp"
#include "../../../framework/sequential_function.hpp"
#include "../../../layers/core/dense.hpp"
#include "../../../training/saving/load_function.hpp"
#include "../../../training/saving/python_json.hpp"
#include "../../../training/saving/save_function.hpp"
#include "../../framework/io/io_support.hpp"
#include "../../support/check_layers.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

using layers::Dense;

struct ScaleOptions {
  double factor = 2;
  void describe(Fields& fields) { fields("factor", factor); }
};

/// A layer as a user would write one.
class ScaleLayer final : public OptionsLayer<ScaleLayer, ScaleOptions> {
 public:
  static constexpr std::string_view keras_name = "Scale";
  static constexpr std::string_view package = "acme";
  using OptionsLayer::OptionsLayer;
  Tensor forward(const Tensor& x, Context&) const override {
    return static_cast<real>(options_.factor) * x;
  }
  Tensor backward(Tensor dy, Context&) const override {
    return static_cast<real>(options_.factor) * dy;
  }
};
using Scale = Handle<ScaleLayer>;

/// A model with a shared layer and models within a model.
std::shared_ptr<Function> siamese() {
  clear_session();
  const auto inner_input = Input({4});
  const auto inner = std::make_shared<Function>(
      SymbolicTensors{inner_input},
      SymbolicTensors{Dense({.units = 3, .activation = "tanh"})(inner_input)});
  const auto row = std::make_shared<SequentialFunction>(
      std::vector<LayerHandle>{Dense({.units = 2, .activation = "relu"}), Dense({.units = 2})});
  const auto a = Input({4}, {.name = "a"}), b = Input({4}, {.name = "b"});
  const LayerHandle shared_model(inner), shared_row(row);
  const Dense shared_layer({.units = 3}, {.name = "shared"});
  const auto left = shared_row(shared_layer(shared_model(a)));
  const auto right = shared_row(shared_layer(shared_model(b)));
  auto function = std::make_shared<Function>(SymbolicTensors{a, b}, SymbolicTensors{left, right},
                                             LayerOptions{.name = "siamese"});
  std::uint64_t seed = 0;
  for (Parameter* parameter : function->weights())
    parameter->assign(testing::noise(shape_of(parameter->value()), ++seed));
  return function;
}

void check_equal(const Function& a, const Function& b) {
  CHECK(to_json(a) == to_json(b));
  const auto weights = a.weights(), others = b.weights();
  REQUIRE(weights.size() == others.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    // Files hold float32, whatever we compute in.
    const BasicTensor<float> stored = weights[i]->value();
    CHECK(testing::same_bits(others[i]->value(), Tensor(stored)));
  }
}

}  // namespace

TEST_CASE("A model with shared layers and nested models comes back from every format") {
  const io::TemporaryFolder folder;
  const auto function = siamese();
  for (const char* name : {"model.keras", "model.h5", "model.hdf5"}) {
    CAPTURE(name);
    save_function(*function, folder / name);
    check_equal(*function, *load_function(folder / name));
  }
  for (const char* name : {"model.weights.h5", "weights.h5"}) {
    CAPTURE(name);
    save_weights(*function, folder / name);
    const auto other = function_from_json(to_json(*function));
    load_weights(*other, folder / name);
    check_equal(*function, *other);
  }
  // Saving again gives the same bytes, but for the date of metadata.json.
  save_function(*function, folder / "again.keras");
  for (const char* member : {"config.json", "model.weights.h5"}) {
    CHECK(io::Archive::open(folder / "again.keras").read(member) ==
          io::Archive::open(folder / "model.keras").read(member));
  }
  CHECK_THROWS_AS(save_function(*function, folder / "model.keras", {.overwrite = false}),
                  ValueError);
}

TEST_CASE("A model of unzipped parts is read too") {
  const io::TemporaryFolder folder;
  const auto function = siamese();
  save_function(*function, folder / "model.keras");
  const auto archive = io::Archive::open(folder / "model.keras");
  std::filesystem::create_directory(folder / "model");
  for (const std::string& member : archive.members())
    io::write_file(folder / "model" / member, archive.read(member));
  check_equal(*function, *load_function(folder / "model"));
}

TEST_CASE("Weights are found by name") {
  const io::TemporaryFolder folder;
  const auto function = siamese();
  save_weights(*function, folder / "weights.h5");
  const auto input = Input({3});
  Function other(SymbolicTensors{input},
                 SymbolicTensors{Dense({.units = 3}, {.name = "shared"})(input)});
  load_weights(other, folder / "weights.h5", {.by_name = true});
  const BasicTensor<float> stored = function->find_layer("shared")->weights()[0]->value();
  CHECK(testing::same_bits(other.weights()[0]->value(), Tensor(stored)));
}

TEST_CASE("A user's layer is saved and found by its package and name") {
  const io::TemporaryFolder folder;
  register_layer<ScaleLayer>();
  const auto input = Input({3});
  const Function function(SymbolicTensors{input}, SymbolicTensors{Scale({.factor = 3})(input)});
  CHECK(io::contains(to_json(function), "\"registered_name\": \"acme>Scale\""));
  for (const char* name : {"model.keras", "model.h5"}) {
    save_function(function, folder / name);
    check_equal(function, *load_function(folder / name));
  }
}

TEST_CASE("A model without a known input shape cannot be saved") {
  const io::TemporaryFolder folder;
  const SequentialFunction row({Dense({.units = 2})});
  CHECK_THROWS_AS(save_function(row, folder / "model.keras"), ValueError);
}

TEST_CASE("JSON is written as Python writes it") {
  using saving::python_json;
  CHECK(python_json(Json::parse(R"({"a": [1, 2.0, 1e-7, 1e16, 1e15, -0.0, 0.1], "b": null})")) ==
        R"({"a": [1, 2.0, 1e-07, 1e+16, 1000000000000000.0, -0.0, 0.1], "b": null})");
  CHECK(python_json(Json("\x7f\xc3\xa9/\n")) == R"("\u007f\u00e9/\n")");
  CHECK(python_json(Json(true)) == "true");
  CHECK(python_json(Json::object()) == "{}");
}

}  // namespace keratin::inline KERATIN_VARIANT
