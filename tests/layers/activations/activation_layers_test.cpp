#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/function.hpp"
#include "../../../framework/input_layer.hpp"
#include "../../../layers/activations/activation.hpp"
#include "../../../layers/activations/prelu.hpp"
#include "../../../layers/activations/rectifiers.hpp"
#include "../../../layers/activations/softmax.hpp"
#include "../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;

TEST_CASE("activation layers") {
  testing::check_layers({
      {"relu", Activation({.activation = "relu"}), {{2, 3, 4}}},
      {"gelu", Activation({.activation = "gelu"}), {{2, 5}}},
      {"glu", Activation({.activation = "glu"}), {{2, 3, 6}}},
      {"no activation", Activation(), {{2, 5}}},
      {"ReLU", ReLU(), {{3, 7}}},
      {"ReLU with all options",
       ReLU({.max_value = 1, .negative_slope = 0.1, .threshold = 0.2}),
       {{3, 7, 2}}},
      {"ReLU of 6", ReLU({.max_value = 6}), {{3, 7}}, {.low = -8, .high = 8}},
      {"LeakyReLU", LeakyReLU({.negative_slope = 0.2}), {{3, 7}}},
      {"ELU", ELU({.alpha = 0.7}), {{3, 7}}},
      {"PReLU", PReLU(), {{3, 4, 5}}},
      {"PReLU, shared", PReLU({.shared_axes = std::vector<Dim>{1, 2}}), {{2, 3, 4, 5}}},
      {"PReLU, shared along the last", PReLU({.shared_axes = std::vector<Dim>{2}}), {{2, 3, 4}}},
      {"Softmax", Softmax(), {{3, 7}}},
      {"Softmax along an axis", Softmax({.axis = 1}), {{3, 4, 5}}},
      {"Softmax along two", Softmax({.axis = {1, 2}}), {{2, 3, 4}}},
      {"Softmax along two apart", Softmax({.axis = {1, 3}}), {{2, 3, 4, 2}}},
      {"Softmax without a batch", Softmax(), {{0, 7}}},
  });
}

TEST_CASE("activation layers infer shapes") {
  const SymbolicTensor x = Input({unknown, 6});
  CHECK(Activation({.activation = "glu"})(x).shape() == Shape{unknown, unknown, 3});
  CHECK(ReLU()(x).shape() == Shape{unknown, unknown, 6});
  CHECK(PReLU({.shared_axes = std::vector<Dim>{1}})(x).shape() == Shape{unknown, unknown, 6});
}

TEST_CASE("activation layers have Keras's configs") {
  const auto keys = [](const LayerHandle& layer) {
    std::vector<std::string> names;
    const Json config = layer->get_config();
    for (const auto& [key, value] : config.items()) names.push_back(key);
    return names;
  };
  using Names = std::vector<std::string>;
  CHECK(keys(ELU()) == Names{"name", "alpha", "trainable", "dtype"});
  CHECK(keys(ReLU()) ==
        Names{"name", "trainable", "dtype", "max_value", "negative_slope", "threshold"});
  CHECK(Activation()->get_config()["activation"] == "linear");
  CHECK(Softmax({.axis = {1, 2}})->get_config()["axis"] == Json({1, 2}));
  CHECK(Softmax()->get_config()["axis"] == -1);
  // The argument's name in Keras 1 and 2.
  const auto leaky = LeakyReLULayer::from_config({{"name", "l"}, {"alpha", 0.5}});
  CHECK(leaky->options().negative_slope == 0.5);
}

TEST_CASE("Softmax leaves out what is masked") {
  const Softmax softmax;
  Step step{.backward = true};
  Context context(step);
  const Tensor x = testing::noise({2, 3}, 1);
  Tensor mask = full({2, 3}, 1);
  mask(0, 1) = 0;
  mask(1, 0) = mask(1, 1) = mask(1, 2) = 0;
  context.set_masks({&mask});
  const Tensor y = context.run(*softmax, x);
  CHECK(y(0, 1) == 0);
  CHECK(y(0, 0) + y(0, 2) == doctest::Approx(1));
  CHECK(y(0, 0) / y(0, 2) == doctest::Approx(std::exp(double{x(0, 0) - x(0, 2)})));
  CHECK(y(1, 0) == 0);
  const Tensor dx = context.run_backward(testing::noise({2, 3}, 2));
  CHECK(dx(0, 1) == 0);
  CHECK(dx(0, 0) == doctest::Approx(double{-dx(0, 2)}));
  CHECK(dx(1, 2) == 0);
}

TEST_CASE("activation layers refuse wrong use in Keras's words") {
  const auto message = [](const std::string& argument) {
    return "Layer 'r' (ReLU): " + argument + " of a ReLU layer cannot be a negative value. " +
           "Received: " + argument + "=-1";
  };
  CHECK_THROWS_WITH_AS(ReLU({.max_value = -1}, {.name = "r"}), message("max_value").c_str(),
                       ValueError);
  CHECK_THROWS_WITH_AS(ReLU({.negative_slope = -1}, {.name = "r"}),
                       message("negative_slope").c_str(), ValueError);
  CHECK_THROWS_WITH_AS(ReLU({.threshold = -1}, {.name = "r"}), message("threshold").c_str(),
                       ValueError);
  CHECK_THROWS_WITH_AS(Activation({.activation = "nope"}),
                       "Could not interpret activation function identifier: nope", ValueError);
  CHECK_THROWS_WITH_AS(Softmax({.axis = 2}, {.name = "s"})(zeros({2, 3})),
                       "Layer 's' (Softmax): axis 2 is out of bounds for array of dimension 2",
                       ShapeError);
  CHECK_THROWS_WITH_AS(PReLU({.shared_axes = std::vector<Dim>{2}}, {.name = "p"})(zeros({2, 3})),
                       "Layer 'p' (PReLU): `shared_axes` must be between 1 and 1 for input of "
                       "shape (2, 3). Received: shared_axes=(2,)",
                       ValueError);
  const PReLU prelu({}, {.name = "p"});
  prelu(zeros({2, 3}));
  CHECK_THROWS_WITH_AS(prelu(zeros({2, 4})),
                       "Input 0 of layer 'p' (PReLU) is incompatible with the layer: expected axis "
                       "1 of input shape to have value 3, but received input with shape (2, 4)",
                       ShapeError);
}
