#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/input_layer.hpp"
#include "../../../layers/merging/concatenate.hpp"
#include "../../../layers/merging/dot.hpp"
#include "../../../layers/merging/elementwise.hpp"
#include "../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::noise;

TEST_CASE("merging layers") {
  const Shapes two = {{2, 3, 4}, {2, 3, 4}};
  const Shapes three = {{2, 3, 4}, {2, 3, 4}, {2, 3, 4}};
  const Shapes broadcast = {{2, 1, 4}, {2, 3, 1}, {2, 3, 4}};
  const Shapes ranks = {{2, 4}, {2, 3, 4}};
  std::vector<testing::LayerCase> cases;
  for (const auto& inputs :
       {Shapes{{2, 5}}, two, three, broadcast, ranks, Shapes{{0, 3}, {0, 3}}}) {
    cases.push_back({"Add", Add(), inputs});
    cases.push_back({"Multiply", Multiply(), inputs});
    cases.push_back({"Average", Average(), inputs});
    cases.push_back({"Maximum", Maximum(), inputs});
    cases.push_back({"Minimum", Minimum(), inputs});
    if (inputs.size() == 2) cases.push_back({"Subtract", Subtract(), inputs});
  }
  cases.push_back({"Concatenate", Concatenate(), {{2, 3, 4}, {2, 3, 1}, {2, 3, 2}}});
  cases.push_back({"Concatenate, axis", Concatenate({.axis = 1}), {{2, 3, 4}, {2, 1, 4}}});
  cases.push_back({"Concatenate, images", Concatenate({.axis = -2}), {{2, 3, 1, 4}, {2, 3, 5, 4}}});
  cases.push_back({"Concatenate, one", Concatenate(), {{2, 3}}});
  cases.push_back({"Dot", Dot({.axes = 1}), {{2, 3}, {2, 3}}});
  cases.push_back({"Dot, one axis", Dot({.axes = -1}), {{2, 4, 3}, {2, 5, 3}}});
  cases.push_back({"Dot, two axes", Dot({.axes = {2, 1}}), {{2, 4, 3}, {2, 3, 2, 2}}});
  cases.push_back(
      {"Dot, cosine", Dot({.axes = {1, 2}, .normalize = true}), {{2, 4, 3}, {2, 5, 4}}});
  testing::check_layers(cases);
}

TEST_CASE("the gradient of Maximum goes to the first of equals") {
  const Maximum layer;
  Step step{.backward = true};
  Context context(step);
  const Tensor a = {{1, 2, 3}}, b = {{1, 3, 2}}, c = {{0, 3, 3}};
  const Tensor* inputs[] = {&a, &b, &c};
  const Tensor y = *context.run(*layer, inputs)[0];
  CHECK(y == Tensor{{1, 3, 3}});
  const Tensors dx = context.run_backward(Tensors{full({1, 3}, 1)});
  CHECK(dx[0] == Tensor{{1, 0, 1}});
  CHECK(dx[1] == Tensor{{0, 1, 0}});
  CHECK(dx[2] == Tensor{{0, 0, 0}});
}

TEST_CASE("merging layers infer shapes as Keras does") {
  const auto shape = [](const LayerHandle& layer, const Shapes& shapes) {
    return layer->compute_output_shapes(shapes)[0];
  };
  CHECK(shape(Add(), {{unknown, 3}, {2, 3}}) == Shape{2, 3});
  CHECK(shape(Add(), {{unknown, unknown, 3}, {unknown, 5, 1}}) == Shape{unknown, unknown, 3});
  CHECK(shape(Add(), {{unknown, 3}, {unknown, 5, 3}}) == Shape{unknown, 5, 3});
  CHECK(shape(Concatenate({.axis = 1}), {{unknown, unknown, 3}, {unknown, 5, 3}}) ==
        Shape{unknown, unknown, 3});
  CHECK(shape(Concatenate(), {{unknown, unknown, 3}, {unknown, 5, 3}}) == Shape{unknown, 5, 6});
}

TEST_CASE("merging layers join masks") {
  const Tensor a = zeros({1, 3, 2}), b = zeros({1, 3, 2});
  const Tensor mask_a = {{1, 0, 0}}, mask_b = {{0, 1, 0}};
  const auto run = [&](const LayerHandle& layer, std::vector<const Tensor*> masks) {
    Step step;
    auto context = std::make_unique<Context>(step);
    const Tensor* inputs[] = {&a, &b};
    context->set_masks(std::move(masks));
    context->run(*layer, inputs);
    return context->output_mask() ? std::optional<Tensor>(*context->output_mask()) : std::nullopt;
  };
  CHECK(run(Add(), {&mask_a, &mask_b}) == Tensor{{1, 1, 0}});
  CHECK_FALSE(run(Multiply(), {&mask_a, nullptr}));
  CHECK_FALSE(run(Add(), {}));
  CHECK(run(Concatenate(), {&mask_a, &mask_b}) == Tensor{{1, 1, 0}});
  CHECK(run(Concatenate({.axis = 1}), {&mask_a, &mask_b}) == Tensor{{1, 0, 0, 0, 1, 0}});
  CHECK(run(Concatenate({.axis = 1}), {&mask_a, nullptr}) == Tensor{{1, 0, 0, 1, 1, 1}});
  CHECK_FALSE(run(Concatenate(), {}));
}

TEST_CASE("merging layers refuse wrong use in Keras's words") {
  const auto symbolic = [](const Shapes& shapes) {
    SymbolicTensors tensors;
    for (const Shape& shape : shapes)
      tensors.push_back(Input(Shape(shape.begin() + 1, shape.end()), {.batch_shape = shape}));
    return tensors;
  };
  CHECK_THROWS_WITH_AS(Add({}, {.name = "a"})(symbolic({{2, 3}, {4, 3}})),
                       "Layer 'a' (Add): Cannot merge tensors with different batch sizes. Received "
                       "tensors with shapes [(2, 3), (4, 3)]",
                       ValueError);
  CHECK_THROWS_WITH_AS(Add({}, {.name = "a"})(symbolic({{unknown, 3}, {unknown, 4}})),
                       "Layer 'a' (Add): Inputs have incompatible shapes. Received shapes (None, "
                       "3) and (None, 4)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(Subtract({}, {.name = "s"})(symbolic({{2, 3}})),
                       "Layer 's' (Subtract): A `Subtract` layer should be called on exactly 2 "
                       "inputs. Received: input_shape=[(2, 3)]",
                       ValueError);
  CHECK_THROWS_WITH_AS(Concatenate({}, {.name = "c"})(symbolic({{2, 3, 4}, {2, 5, 4}})),
                       "Layer 'c' (Concatenate): A `Concatenate` layer requires inputs with "
                       "matching shapes except for the concatenation axis. Received: "
                       "input_shape=[(2, 3, 4), (2, 5, 4)]",
                       ShapeError);
  CHECK_THROWS_AS(Concatenate()(symbolic({{2, 3, 4}, {2, 5}})), ShapeError);
  CHECK_THROWS_WITH_AS(Dot({.axes = 1}, {.name = "d"})(symbolic({{2, 3}, {2, 4}})),
                       "Layer 'd' (Dot): Incompatible input shapes: axis values 3 (at axis 1) != 4 "
                       "(at axis 1). Full input shapes: (2, 3), (2, 4)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(Dot({.axes = 1}, {.name = "d"})(symbolic({{2, 3}})),
                       "Layer 'd' (Dot): A `Dot` layer should be called on a list of 2 inputs. "
                       "Received: input_shape=[(2, 3)]",
                       ValueError);
  CHECK_THROWS_AS(Dot({.axes = {1, 2, 3}}), ValueError);
  CHECK_THROWS_AS(Dot({.axes = 0})(symbolic({{2, 3}, {2, 3}})), ValueError);
}
