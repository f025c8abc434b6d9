#include <cmath>
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/activations/glu.hpp"
#include "../../../framework/activations/linear.hpp"
#include "../../../framework/activations/rectifiers.hpp"
#include "../../../framework/activations/smooth.hpp"
#include "../../../framework/activations/softmax.hpp"
#include "../../../framework/base/parallel.hpp"
#include "../../../framework/serialization.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/paths.hpp"

using namespace keratin;
using testing::noise;

namespace {

using Json = nlohmann::ordered_json;
using Object = std::shared_ptr<const ActivationFunction>;

Tensor tensor_of(const Json& json) {
  if (!json[0].is_array()) {
    Tensor tensor = empty({static_cast<Dim>(json.size())});
    std::size_t i = 0;
    for (const Json& value : json) tensor.data()[i++] = static_cast<real>(value.get<double>());
    return tensor;
  }
  Tensor tensor = empty({static_cast<Dim>(json.size()), static_cast<Dim>(json[0].size())});
  std::size_t i = 0;
  for (const Json& row : json) {
    for (const Json& value : row) tensor.data()[i++] = static_cast<real>(value.get<double>());
  }
  return tensor;
}

Tensor gradient_of(const ActivationFunction& function, const Tensor& x, const Tensor& y,
                   Tensor dy) {
  return function.backward(function.keeps() == ActivationFunction::Keeps::input ? x : y,
                           std::move(dy));
}

/// Asserts |a - b| <= tolerance * max(1, |b|): derivatives that follow from outputs near 1 hold
/// absolutely.
void check_elements(const Tensor& actual, const Json& expected, double tolerance) {
  std::size_t i = 0;
  const auto check = [&](double value) {
    INFO("element " << i);
    const double a{actual.data()[i++]};
    if (std::abs(value) < 1e300)
      CHECK(std::abs(a - value) <= tolerance * std::max(1.0, std::abs(value)));
  };
  for (const Json& row : expected) {
    if (row.is_array()) {
      for (const Json& value : row) check(value.get<double>());
    } else {
      check(row.get<double>());
    }
  }
  CHECK(i == actual.size());
}

/// Keras computed with constants such as 1 / 6 in float32.
constexpr double tolerance = sizeof(real) == 4 ? 1e-5 : 1e-7;

}  // namespace

TEST_CASE("activations give Keras's values and derivatives") {
  std::ifstream file(paths::data("activations.json"));
  const Json golden = Json::parse(file);
  for (const Json& function : golden["functions"]) {
    INFO(function["name"].get<std::string>() << function["kwargs"].dump());
    const Json description = {{"class_name", function["name"]}, {"config", function["kwargs"]}};
    const Object object = deserialize<const ActivationFunction>(description);
    const Tensor x = tensor_of(golden[function["on"].get<std::string>()]);
    const Tensor y = object->forward(x);
    check_elements(y, function["y"], tolerance);
    const Tensor dy = function.contains("dy") ? tensor_of(function["dy"]) : full(shape_of(y), 1);
    check_elements(gradient_of(*object, x, y, dy), function["dx"], tolerance);
  }
}

TEST_CASE("activations have the gradients of central differences") {
  if (sizeof(real) == 4) return;
  for (const std::string& name : Registry<const ActivationFunction>::instance().names()) {
    INFO(name);
    const Object object = Registry<const ActivationFunction>::instance().make(name, Json::object());
    const Tensor x = noise({3, 8}, 5, -4, 4);
    const Tensor y = object->forward(x);
    const Tensor dy = noise(shape_of(y), 6);
    const Tensor dx = gradient_of(*object, x, y, dy);
    const auto loss = [&](const Tensor& input) {
      const Tensor output = object->forward(input);
      double sum = 0;
      for (std::size_t i = 0; i < output.size(); ++i)
        sum += double{output.data()[i] * dy.data()[i]};
      return sum;
    };
    const double step = 1e-6;
    for (std::size_t i = 0; i < x.size(); ++i) {
      Tensor above = x, below = x;
      above.data()[i] += static_cast<real>(step);
      below.data()[i] -= static_cast<real>(step);
      const double numeric = (loss(above) - loss(below)) / (2 * step);
      CHECK(double{dx.data()[i]} == doctest::Approx(numeric).epsilon(1e-7));
    }
  }
}

TEST_CASE("activations take any axis, and any number of threads gives the same bits") {
  const Tensor x = noise({5, 6, 1000}, 1);
  for (const std::string& name : Registry<const ActivationFunction>::instance().names()) {
    INFO(name);
    const Object object = Registry<const ActivationFunction>::instance().make(name, Json::object());
    const int threads = num_threads();
    set_num_threads(1);
    const Tensor y = object->forward(x);
    const Tensor dx = gradient_of(*object, x, y, y);
    set_num_threads(3);
    const Tensor again = object->forward(x);
    CHECK(testing::same_bits(again, y));
    CHECK(testing::same_bits(gradient_of(*object, x, again, y), dx));
    set_num_threads(threads);
  }
  // Along another axis: the same as along the last of a transposed tensor.
  const Tensor small = noise({2, 4, 3}, 2);
  Tensor transposed = empty({2, 3, 4});
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 4; ++j)
      for (std::size_t k = 0; k < 3; ++k) transposed(i, k, j) = small(i, j, k);
  for (const char* name : {"softmax", "log_softmax", "sparsemax", "glu"}) {
    const auto& registry = Registry<const ActivationFunction>::instance();
    const Object last = registry.make(name, Json::object());
    const Object middle = registry.make(name, {{"axis", 1}});
    const Tensor expected = last->forward(transposed);
    const Tensor actual = middle->forward(small);
    const Tensor expected_dx = gradient_of(*last, transposed, expected, expected);
    const Tensor actual_dx = gradient_of(*middle, small, actual, actual);
    for (std::size_t i = 0; i < 2; ++i)
      for (std::size_t k = 0; k < 3; ++k) {
        for (std::size_t j = 0; j < actual.shape(1); ++j)
          CHECK(actual(i, j, k) == doctest::Approx(double{expected(i, k, j)}));
        for (std::size_t j = 0; j < 4; ++j)
          CHECK(actual_dx(i, j, k) == doctest::Approx(double{expected_dx(i, k, j)}));
      }
  }
}

TEST_CASE("activations keep their branch of the derivative for unusual arguments") {
  const Tensor x = noise({64}, 3, -3, 3);
  const auto check = [&](const ActivationFunction& function, auto derivative) {
    const Tensor y = function.forward(x);
    const Tensor dx = gradient_of(function, x, y, full({64}, 1));
    for (std::size_t i = 0; i < 64; ++i)
      CHECK(double{dx(i)} == doctest::Approx(derivative(double{x(i)})).epsilon(1e-5));
  };
  check(activations::LeakyRelu({.negative_slope = -0.5}),
        [](double v) { return v > 0 ? 1 : -0.5; });
  check(activations::Elu({.alpha = -0.5}), [](double v) { return v > 0 ? 1 : -0.5 * std::exp(v); });
  check(activations::Relu({.negative_slope = -0.5}), [](double v) { return v > 0 ? 1 : -0.5; });
  check(activations::Relu({.negative_slope = 0.5, .threshold = -1}),
        [](double v) { return v > -1 ? 1 : 0.5; });
}

TEST_CASE("activations carry NaN on") {
  const Tensor x = full({3}, std::numeric_limits<real>::quiet_NaN());
  for (const char* name : {"relu", "relu6", "leaky_relu", "hard_sigmoid", "sigmoid", "gelu", "mish",
                           "threshold", "hard_shrink", "soft_shrink", "hard_tanh"}) {
    INFO(name);
    CHECK(std::isnan(Spec<ActivationFunction>(name)->forward(x)(0)));
  }
}

TEST_CASE("activations are saved by name, and with their arguments where these are no defaults") {
  CHECK(serialize(*Spec<ActivationFunction>("swish")) == Json("silu"));
  CHECK(serialize(*Spec<ActivationFunction>("hard_swish")) == Json("hard_silu"));
  CHECK(serialize(activations::Relu()) == Json("relu"));
  const Json saved = serialize(activations::LeakyRelu({.negative_slope = 0.3}));
  CHECK(saved["class_name"] == "leaky_relu");
  CHECK(saved["config"] == Json({{"negative_slope", 0.3}}));
  CHECK(serialize(*deserialize<const ActivationFunction>(saved)) == saved);
  CHECK_THROWS_WITH_AS(Spec<ActivationFunction>("nope"),
                       "Could not interpret activation function identifier: nope", ValueError);
}

TEST_CASE("activations along an axis refuse shapes that do not fit") {
  CHECK_THROWS_WITH_AS(activations::Softmax({.axis = 2}).forward(zeros({2, 3})),
                       "softmax: axis 2 is out of bounds for array of dimension 2", ShapeError);
  CHECK_THROWS_WITH_AS(
      activations::Glu().forward(zeros({2, 3})),
      "glu: axis size must be divisible by 2. Received: x.shape=(2, 3) with axis=-1", ShapeError);
  CHECK(activations::Glu().compute_output_shape({unknown, 6}) == Shape{unknown, 3});
  CHECK(activations::Softmax().forward(zeros({0, 3})).size() == 0);
}
