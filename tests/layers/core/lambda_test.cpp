#include "../../../layers/core/lambda.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/serialization.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::filled;

namespace {

/// x^2 for all elements.
const UnaryFunction square{
    .forward = [](const Tensor& x) -> Tensor { return x * x; },
    .backward = [](const Tensor& x, const Tensor&, Tensor dy) -> Tensor { return 2 * x * dy; }};

/// The difference of two inputs, times arguments["factor"].
LambdaFunction scaled_difference() {
  LambdaFunction function;
  const auto factor = [](const Json& arguments) {
    return static_cast<real>(arguments.value("factor", 1.0));
  };
  function.forward = [factor](TensorRefs x, const Json& arguments) -> Tensor {
    return factor(arguments) * (*x[0] - *x[1]);
  };
  function.backward = [factor](TensorRefs, const Tensor&, Tensor dy, const Json& arguments) {
    Tensors gradients;
    gradients.push_back(factor(arguments) * dy);
    gradients.push_back(-factor(arguments) * dy);
    return gradients;
  };
  function.mask = [](TensorRefs, TensorRefs masks) {
    return masks[0] ? std::optional<Tensor>(*masks[0]) : std::nullopt;
  };
  return function;
}

/// The first two elements of each row.
const UnaryFunction first_two{.forward =
                                  [](const Tensor& x) {
                                    Tensor y = empty({static_cast<Dim>(x.shape(0)), 2});
                                    for (std::size_t i = 0; i < x.shape(0); ++i) {
                                      for (std::size_t k = 0; k < 2; ++k) y(i, k) = x(i, k);
                                    }
                                    return y;
                                  },
                              .backward =
                                  [](const Tensor& x, const Tensor&, Tensor dy) {
                                    Tensor dx = zeros(shape_of(x));
                                    for (std::size_t i = 0; i < x.shape(0); ++i) {
                                      for (std::size_t k = 0; k < 2; ++k) dx(i, k) = dy(i, k);
                                    }
                                    return dx;
                                  },
                              .output_shape =
                                  [](const Shape& x) {
                                    return Shape{x[0], 2};
                                  }};

void register_all() {
  register_function("square", square);
  register_function("scaled_difference", scaled_difference());
  register_function("first_two", first_two);
  register_function("forward_only",
                    UnaryFunction{.forward = [](const Tensor& x) -> Tensor { return x + 1; }});
}

}  // namespace

TEST_CASE("Lambda") {
  register_all();
  const auto factor = std::make_shared<const Json>(Json{{"factor", 2.5}});
  testing::check_layers({
      {"of one input", Lambda({.function = "square"}), {{3, 4}}},
      {"of two, with arguments",
       Lambda({.function = "scaled_difference", .arguments = factor}),
       {{3, 4}, {3, 4}}},
      {"of another shape", Lambda({.function = "first_two"}), {{3, 4}}},
      {"of the shape that was given",
       Lambda({.function = "first_two", .output_shape = Shape{2}}),
       {{3, 4}}},
      {"of nothing", Lambda({.function = "square"}), {{0, 4}}},
  });
}

TEST_CASE("configs of Lambda are Keras's") {
  register_all();
  const std::string common =
      R"({"name":"l","trainable":true,"dtype":{"module":"keras","class_name":"DTypePolicy",)"
      R"("config":{"name":"float32"},"registered_name":null},)";
  const std::string function =
      R"("function":{"module":"builtins","class_name":"function","config":"square",)"
      R"("registered_name":"square"},)";
  CHECK(Lambda({.function = "square"}, {.name = "l"})->get_config().dump() ==
        common + function + R"("arguments":{}})");
  CHECK(Lambda({.function = "square", .output_shape = Shape{4, unknown}}, {.name = "l"})
            ->get_config()
            .dump() == common + function + R"("output_shape":[4,null],"arguments":{}})");

  // What a file has is written again as it was, also Python's code.
  register_function("l", square);
  const auto again = [&](const std::string& config) {
    const Json json = Json::parse(config);
    const auto layer = LambdaLayer::from_config(json);
    const Tensor y = LayerHandle(layer)(filled({1, 2}, {3, -2}));
    CHECK(y == filled({1, 2}, {9, 4}));
    return layer->get_config().dump();
  };
  const std::string code =
      common + R"("function":{"class_name":"__lambda__","config":{"code":"4wEAA","defaults":null,)"
               R"("closure":null}},"arguments":{}})";
  CHECK(again(code) == code);
  const std::string named =
      common + R"("function":{"module":"mine","class_name":"function","config":"square",)"
               R"("registered_name":"mine>square"},"arguments":{}})";
  CHECK(again(named) == named);
  // Keras 2's ways of writing both.
  CHECK(again(R"({"name":"l","trainable":true,"dtype":"float32","function":["4wEAA",null,null],)"
              R"("function_type":"lambda","module":"m","output_shape":null,)"
              R"("output_shape_type":"raw","output_shape_module":null,"arguments":{}})") == code);
  CHECK(again(R"({"name":"l","function":"square","function_type":"function"})") ==
        common + function + R"("arguments":{}})");
}

TEST_CASE("the mask of a Lambda is what its function says") {
  register_all();
  const Lambda layer({.function = "scaled_difference"});
  const Tensor x = filled({1, 2}, {1, 2}), mask = filled({1, 2}, {1, 0});
  const Tensor* inputs[] = {&x, &x};
  Step step;
  Context with(step), without(step);
  with.set_masks({&mask, nullptr});
  with.run(*layer, inputs);
  REQUIRE(with.output_mask());
  CHECK(*with.output_mask() == mask);
  without.run(*layer, inputs);
  CHECK_FALSE(without.output_mask());
}

TEST_CASE("Lambda refuses what it does not know") {
  register_all();
  CHECK_THROWS_WITH_AS(
      Lambda({.function = "mine>cube"}, {.name = "l3"}),
      "Layer 'l3' (Lambda): the function 'mine>cube' is not known. Write it in C++ and say so "
      "before: keratin::layers::register_function(\"mine>cube\", keratin::layers::UnaryFunction{"
      ".forward = [](const keratin::Tensor& x) -> keratin::Tensor { ... }});",
      ValueError);
  CHECK_THROWS_WITH_AS(Lambda({}, {.name = "l3"}),
                       "Layer 'l3' (Lambda): Argument `function` is required", ValueError);
  CHECK_THROWS_WITH_AS(
      LambdaLayer::from_config(Json::parse(
          R"({"name":"l3","function":{"class_name":"__lambda__","config":{"code":"4wEAA"}}})")),
      "Layer 'l3' (Lambda): its function is Python code, which is never executed. Write it in C++ "
      "and say so before: keratin::layers::register_function(\"l3\", "
      "keratin::layers::UnaryFunction{.forward = [](const keratin::Tensor& x) -> keratin::Tensor { "
      "... }});",
      ValueError);
  CHECK_THROWS_WITH_AS(
      LambdaLayer::from_config(
          Json::parse(R"({"name":"l3","function":"square","mask":{"class_name":"__lambda__"}})")),
      "Layer 'l3' (Lambda): `mask` is a function of Python, which is never executed, and the "
      "registered function has no mask",
      ValueError);
  CHECK_THROWS_AS(
      LambdaLayer::from_config(Json::parse(
          R"({"name":"l3","function":"square","output_shape":{"class_name":"__lambda__"}})")),
      ValueError);
  CHECK_THROWS_WITH_AS(
      Lambda({.function = "square", .output_shape = Shape{5}}, {.name = "l3"})(zeros({2, 3})),
      "Layer 'l3' (Lambda): the function gave an output of shape (2, 3) where (2, 5) was expected. "
      "`output_shape`, of the layer or of the registered function, says what it gives",
      ShapeError);
  const Lambda layer({.function = "forward_only"}, {.name = "l3"});
  Step step{.backward = true};
  Context context(step);
  const Tensor x = zeros({1, 2});
  context.run(*layer, x);
  CHECK_THROWS_WITH_AS(
      context.run_backward(Tensor(x)),
      "Layer 'l3' (Lambda): its function has no backward, so nothing before the layer can be "
      "trained. Give it one: UnaryFunction{.forward = ..., .backward = ...}",
      ValueError);
  CHECK_THROWS_AS(register_function("", square), ValueError);
  CHECK_THROWS_AS(register_function("nothing", LambdaFunction()), ValueError);
}
