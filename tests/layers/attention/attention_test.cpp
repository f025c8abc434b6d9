#include "../../../layers/attention/attention.hpp"

#include <cmath>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/input_layer.hpp"
#include "../../support/check_masked_layers.hpp"
#include "../../support/filled.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::filled;

namespace {

CallOptions keywords(const char* json, std::vector<std::string> names = {}) {
  return {.input_names = std::move(names),
          .arguments = std::make_shared<const Json>(Json::parse(json))};
}

Tensors run(const LayerHandle& layer, const Tensors& inputs, const CallOptions& call = {},
            std::vector<const Tensor*> masks = {}) {
  std::vector<const Tensor*> refs;
  Shapes shapes;
  for (const Tensor& input : inputs) {
    refs.push_back(&input);
    shapes.push_back(shape_of(input));
  }
  layer->build(shapes_to_build(*layer, shapes, call));
  Step step;
  Context context(step);
  context.set_call(call);
  context.set_masks(std::move(masks));
  context.run(*layer, refs);
  Tensors outputs = context.take_outputs();
  for (auto& mask : context.take_output_masks()) {
    if (mask) outputs.push_back(std::move(*mask));
  }
  return outputs;
}

}  // namespace

TEST_CASE("Attention and AdditiveAttention") {
  const Shapes two = {{2, 4, 3}, {2, 5, 3}}, three = {{2, 4, 3}, {2, 5, 2}, {2, 5, 3}};
  const Tensor query_mask = filled({2, 4}, {1, 1, 1, 0, 1, 0, 1, 1});
  const Tensor value_mask = filled({2, 5}, {1, 1, 0, 1, 0, 0, 1, 1, 0, 1});
  // With later values masked, each query needs a first one.
  const Tensor first_mask = filled({2, 5}, {1, 1, 0, 1, 0, 1, 0, 1, 0, 1});
  const CallOptions causal = keywords(R"({"use_causal_mask": true})");
  const CallOptions with_scores = keywords(R"({"return_attention_scores": true})");
  std::vector<testing::MaskedCase> cases;
  const std::vector<LayerHandle> layers = {
      Attention(),
      Attention({.use_scale = true}),
      Attention({.score_mode = "concat"}),
      Attention({.use_scale = true, .score_mode = "concat"}),
      AdditiveAttention(),
      AdditiveAttention({.use_scale = false}),
      Attention({.dropout = 0.3, .seed = 3}),
      AdditiveAttention({.dropout = 0.5, .seed = 4}),
  };
  for (const LayerHandle& layer : layers) {
    const std::string name = layer->get_config().dump();
    cases.push_back({{name + " value", layer, two}});
    cases.push_back({{name + " key", layer, three}});
    cases.push_back({{name + " training", layer, two, {.training = true}}});
    cases.push_back(
        {{name + " training, scores", layer, three, {.training = true, .call = with_scores}}});
    cases.push_back({{name + " causal", layer, three, {.call = causal}}});
    cases.push_back({{name + " masks", layer, two}, {query_mask, value_mask}});
    cases.push_back({{name + " causal and masks",
                      layer,
                      {{2, 4, 3}, {2, 5, 3}, {2, 4}, {2, 5}},
                      {.call = keywords(R"({"use_causal_mask": true})", {"", "", "mask", "mask"})}},
                     {},
                     {{2, query_mask}, {3, first_mask}}});
    cases.push_back({{name + " one", layer, {{1, 1, 3}, {1, 1, 3}}}});
    cases.push_back({{name + " no batch", layer, {{0, 4, 3}, {0, 5, 3}}}});
  }
  testing::check_masked_layers(cases);
}

TEST_CASE("Attention computes what its formula says") {
  const Tensor query = filled({1, 2, 2}, {1, 0, 0, 1});
  const Tensor key = filled({1, 2, 2}, {0, 1, 1, 0});
  const Tensor value = filled({1, 2, 2}, {1, 2, 3, 4});
  const double far = 1 / (1 + std::exp(1.0)), near = 1 - far;
  const Tensors dot =
      run(Attention(), {query, value, key}, keywords(R"({"return_attention_scores": true})"));
  REQUIRE(dot.size() == 2);
  testing::check_close(dot[1], filled({1, 2, 2}, {far, near, near, far}), 1e-6);
  testing::check_close(
      dot[0],
      filled({1, 2, 2}, {far + 3 * near, 2 * far + 4 * near, near + 3 * far, 2 * near + 4 * far}),
      1e-6);
  // 2 tanh(1) where query and key have their 1 in different places, tanh(2) where in the same.
  const double a = 2 * std::tanh(1.0), b = std::tanh(2.0);
  const double same = std::exp(b) / (std::exp(a) + std::exp(b));
  for (const LayerHandle& layer : std::vector<LayerHandle>{
           Attention({.score_mode = "concat"}), AdditiveAttention({.use_scale = false})}) {
    const Tensors all =
        run(layer, {query, value, key}, keywords(R"({"return_attention_scores": true})"));
    testing::check_close(all[1], filled({1, 2, 2}, {1 - same, same, same, 1 - same}), 1e-6);
  }
}

TEST_CASE("masks of Attention") {
  const Tensor query = testing::noise({2, 2, 3}, 1), value = testing::noise({2, 3, 3}, 2);
  const Tensor query_mask = filled({2, 2}, {1, 0, 1, 1}),
               value_mask = filled({2, 3}, {0, 1, 0, 1, 0, 0});
  const CallOptions scores = keywords(R"({"return_attention_scores": true})");
  const Tensors masked = run(Attention(), {query, value}, scores, {&query_mask, &value_mask});
  REQUIRE(masked.size() == 3);  // output, scores, and the mask that goes on with the output alone
  CHECK(masked[2] == query_mask);
  // One value is left to attend to: it is the output, but for the query that is padding.
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(masked[0](0, 0, i) == value(0, 1, i));
    CHECK(masked[0](0, 1, i) == 0);
    CHECK(masked[0](1, 0, i) == value(1, 0, i));
    CHECK(masked[0](1, 1, i) == value(1, 0, i));
  }
  CHECK(masked[1] == filled({2, 2, 3}, {0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0}));

  const Tensors causal =
      run(Attention(), {query, value},
          keywords(R"({"return_attention_scores": true, "use_causal_mask": true})"));
  CHECK(causal[1](0, 0, 0) == 1);
  CHECK(causal[1](0, 1, 2) == 0);
  CHECK(causal[1](1, 1, 1) > 0);
}

TEST_CASE("configs of Attention are Keras's") {
  CHECK(Attention({}, {.name = "a"})->get_config().dump() ==
        R"({"name":"a","trainable":true,"dtype":{"module":"keras","class_name":"DTypePolicy",)"
        R"("config":{"name":"float32"},"registered_name":null},"use_scale":false,)"
        R"("score_mode":"dot","dropout":0.0,"seed":null})");
  CHECK(AdditiveAttention({}, {.name = "a"})->get_config().dump() ==
        R"({"name":"a","trainable":true,"dtype":{"module":"keras","class_name":"DTypePolicy",)"
        R"("config":{"name":"float32"},"registered_name":null},"use_scale":true,"dropout":0.0,)"
        R"("seed":null})");
}

TEST_CASE("Attention refuses wrong use") {
  CHECK_THROWS_WITH_AS(Attention({.score_mode = "cosine"}, {.name = "a"}),
                       "Layer 'a' (Attention): Invalid value for argument score_mode. Expected one "
                       "of {'dot', 'concat'}. Received: score_mode=cosine",
                       ValueError);
  CHECK_THROWS_WITH_AS(AdditiveAttention({.dropout = 1.5}, {.name = "a"}),
                       "Layer 'a' (AdditiveAttention): Invalid value received for argument "
                       "`dropout`. Expected a float value between 0 and 1. Received: dropout=1.5",
                       ValueError);
  const Attention layer({}, {.name = "a"});
  CHECK_THROWS_WITH_AS(layer(zeros({1, 2, 3})),
                       "Layer 'a' (Attention): layer accepts inputs list of length 2 or 3, namely "
                       "[query, value] or [query, value, key]. Received length: 1.",
                       ValueError);
  CHECK_THROWS_WITH_AS(run(layer, {zeros({1, 2, 3}), zeros({1, 2, 4})}),
                       "Layer 'a' (Attention): query must be (batch, targets, n), value (batch, "
                       "sources, m) and key (batch, sources, n). Received: [(1, 2, 3), (1, 2, 4)]",
                       ShapeError);
  CHECK_THROWS_AS(run(layer, {zeros({2, 3}), zeros({2, 3})}), ShapeError);
  CHECK_THROWS_WITH_AS(
      run(layer, {zeros({1, 2, 3}), zeros({1, 2, 3})}, keywords(R"({"casual": 1})")),
      "Layer 'a' (Attention): call() got an unexpected keyword argument 'casual'", ValueError);
  CHECK_THROWS_WITH_AS(
      run(layer, {zeros({1, 2, 3}), zeros({1, 2, 3})}, keywords(R"({"use_causal_mask": "yes"})")),
      "Layer 'a' (Attention): call() takes a boolean for argument `use_causal_mask`. Received: "
      "use_causal_mask=\"yes\"",
      ValueError);
  CHECK_THROWS_WITH_AS(
      run(layer, {zeros({1, 2, 3}), zeros({1, 2, 3}), zeros({1, 2})},
          {.input_names = {"", "", "mask"}}),
      "Layer 'a' (Attention): layer accepts mask list of length 2 or 3, namely [query_mask, "
      "value_mask]. Received length: 1",
      ValueError);
}

TEST_CASE("a call of Attention in a graph") {
  const SymbolicTensor query = Input({4, 3}), value = Input({5, 2}), key = Input({5, 3});
  const SymbolicTensors both =
      Attention().call({query, value, key}, keywords(R"({"return_attention_scores": true})"), true);
  REQUIRE(both.size() == 2);
  CHECK(both[0].shape() == Shape{unknown, 4, 2});
  CHECK(both[1].shape() == Shape{unknown, 4, 5});
}
