#include "../../../layers/attention/multi_head_attention.hpp"

#include <cmath>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/input_layer.hpp"
#include "../../../layers/attention/group_query_attention.hpp"
#include "../../support/check_masked_layers.hpp"
#include "../../support/filled.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::filled;
using testing::noise;

namespace {

CallOptions keywords(const char* json, std::vector<std::string> names = {}) {
  return {.input_names = std::move(names),
          .arguments = std::make_shared<const Json>(Json::parse(json))};
}

struct Result {
  Tensors outputs;
  std::optional<Tensor> mask;
};

Result run(const LayerHandle& layer, const Tensors& inputs, const CallOptions& call = {},
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
  Result result{context.take_outputs(), std::nullopt};
  auto output_masks = context.take_output_masks();
  CHECK(output_masks.size() < 2);
  if (!output_masks.empty()) result.mask = output_masks[0];
  return result;
}

/// x (rows, n) times the head of a projection: kernel (n, heads, dim), bias (heads, dim).
std::vector<double> project(const Tensor& x, std::size_t batch, const Layer& dense,
                            std::size_t head) {
  const Tensor &kernel = dense.own_weights()[0].value(), &bias = dense.own_weights()[1].value();
  const std::size_t rows = x.shape(1), n = x.shape(2), dim = kernel.shape(2);
  std::vector<double> y(rows * dim);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t d = 0; d < dim; ++d) {
      double sum = bias(head, d);
      for (std::size_t i = 0; i < n; ++i)
        sum += double{x(batch, r, i)} * double{kernel(i, head, d)};
      y[r * dim + d] = sum;
    }
  }
  return y;
}

/// The formula of multi-head attention in plain loops; `allowed(batch, target, source)`.
template <class Allowed>
Tensor attention(const Layer& layer, const Tensor& query, const Tensor& value, const Tensor& key,
                 std::size_t repeats, const Allowed& allowed) {
  std::map<std::string, const Layer*> parts;
  for (const Sublayer& sublayer : layer.sublayers()) parts[sublayer.layer->name()] = sublayer.layer;
  const Layer& last = *parts.at("attention_output");
  const Tensor &kernel = last.own_weights()[0].value(), &bias = last.own_weights()[1].value();
  const std::size_t heads = kernel.shape(0), dim = kernel.shape(1), size = kernel.shape(2);
  const std::size_t targets = query.shape(1), sources = value.shape(1);
  Tensor output =
      empty({static_cast<Dim>(query.shape(0)), static_cast<Dim>(targets), static_cast<Dim>(size)});
  for (std::size_t b = 0; b < query.shape(0); ++b) {
    for (std::size_t t = 0; t < targets; ++t) {
      for (std::size_t i = 0; i < size; ++i) output(b, t, i) = bias(i);
    }
    for (std::size_t h = 0; h < heads; ++h) {
      const auto q = project(query, b, *parts.at("query"), h);
      const auto k = project(key, b, *parts.at("key"), h / repeats);
      const auto v = project(value, b, *parts.at("value"), h / repeats);
      const auto gate =
          parts.contains("gate") ? project(query, b, *parts.at("gate"), h) : std::vector<double>();
      const std::size_t key_dim = q.size() / targets;
      for (std::size_t t = 0; t < targets; ++t) {
        std::vector<double> weights(sources);
        double sum = 0;
        for (std::size_t s = 0; s < sources; ++s) {
          double score = 0;
          for (std::size_t d = 0; d < key_dim; ++d)
            score += q[t * key_dim + d] * k[s * key_dim + d];
          weights[s] =
              allowed(b, t, s) ? std::exp(score / std::sqrt(static_cast<double>(key_dim))) : 0;
          sum += weights[s];
        }
        for (std::size_t d = 0; d < dim; ++d) {
          double mixed = 0;
          for (std::size_t s = 0; s < sources; ++s) mixed += weights[s] / sum * v[s * dim + d];
          if (!gate.empty()) mixed /= 1 + std::exp(-gate[t * dim + d]);
          for (std::size_t i = 0; i < size; ++i)
            output(b, t, i) += static_cast<real>(mixed * double{kernel(h, d, i)});
        }
      }
    }
  }
  return output;
}

/// Biases that are zeros would hide mistakes.
void fill_weights(const LayerHandle& layer) {
  std::uint64_t seed = 11;
  for (Parameter* parameter : layer->weights())
    parameter->assign(noise(shape_of(parameter->value()), seed++));
}

const auto everything = [](std::size_t, std::size_t, std::size_t) { return true; };

}  // namespace

TEST_CASE("MultiHeadAttention and GroupQueryAttention") {
  const Shapes two = {{2, 4, 6}, {2, 5, 6}}, three = {{2, 4, 6}, {2, 5, 6}, {2, 5, 3}};
  const Tensor query_mask = filled({2, 4}, {1, 1, 1, 0, 1, 0, 1, 1});
  const Tensor value_mask = filled({2, 5}, {1, 1, 0, 1, 0, 0, 1, 1, 0, 1});
  Tensor attention_mask = noise({2, 4, 5}, 3);
  for (real& value : attention_mask) value = value > real{-0.75} ? real{1} : real{0};
  const std::vector<LayerHandle> layers = {
      MultiHeadAttention({.num_heads = 2, .key_dim = 3}),
      MultiHeadAttention({.num_heads = 3, .key_dim = 2, .value_dim = 4, .use_gate = true}),
      MultiHeadAttention({.num_heads = 2, .key_dim = 3, .use_bias = false, .output_shape = {5}}),
      MultiHeadAttention({.num_heads = 2, .key_dim = 3, .output_shape = {2, 3}}),
      MultiHeadAttention({.num_heads = 2, .key_dim = 3, .dropout = 0.4, .seed = 2}),
      MultiHeadAttention({.num_heads = 2, .key_dim = 3, .sliding_window = 2}),
      GroupQueryAttention({.head_dim = 3, .num_query_heads = 4, .num_key_value_heads = 2}),
      GroupQueryAttention({.head_dim = 2,
                           .num_query_heads = 3,
                           .num_key_value_heads = 1,
                           .dropout = 0.4,
                           .sliding_window = 3,
                           .use_gate = true,
                           .seed = 2}),
  };
  std::vector<testing::MaskedCase> cases;
  for (const LayerHandle& layer : layers) {
    // The key's features may be others than the value's: such cases need a layer of their own.
    const Json config = layer->get_config();
    const auto copy = [&] {
      return LayerHandle(
          Registry<Layer>::instance().make(std::string(layer->class_name()), config));
    };
    const std::string name = config.dump();
    cases.push_back({{name, layer, two}});
    cases.push_back({{name + " key", copy(), three}});
    cases.push_back({{name + " training", layer, two, {.training = true}}});
    cases.push_back(
        {{name + " training, scores",
          layer,
          two,
          {.training = true, .call = keywords(R"({"return_attention_scores": true})")}}});
    cases.push_back(
        {{name + " causal", layer, two, {.call = keywords(R"({"use_causal_mask": true})")}}});
    cases.push_back({{name + " masks", layer, two}, {query_mask, value_mask}});
    cases.push_back({{name + " all masks",
                      copy(),
                      {{2, 5, 3}, {2, 4, 6}, {2, 4, 5}, {2, 5, 6}},
                      {.call = keywords(R"({"use_causal_mask": true})",
                                        {"key", "query", "attention_mask", "value"})}},
                     {value_mask, query_mask, Tensor(), Tensor()},
                     {{2, attention_mask}}});
    cases.push_back({{name + " one", layer, {{1, 1, 6}, {1, 1, 6}}}});
    cases.push_back({{name + " no batch", layer, {{0, 4, 6}, {0, 5, 6}}}});
  }
  const Shapes grid = {{2, 3, 4, 5}, {2, 3, 4, 5}};
  cases.push_back({{"all axes", MultiHeadAttention({.num_heads = 2, .key_dim = 3}), grid}});
  cases.push_back({{"the last axis",
                    MultiHeadAttention({.num_heads = 2, .key_dim = 3, .attention_axes = -2}),
                    {{2, 3, 4, 5}, {2, 3, 2, 5}}}});
  cases.push_back({{"the first axis",
                    MultiHeadAttention({.num_heads = 2, .key_dim = 3, .attention_axes = 1}),
                    {{2, 3, 4, 5}, {2, 2, 4, 3}}}});
  cases.push_back(
      {{"axes in another order, scores",
        MultiHeadAttention({.num_heads = 2, .key_dim = 3, .attention_axes = Axes{2, 1}}),
        {{2, 3, 4, 5}, {2, 2, 3, 5}},
        {.call = keywords(R"({"return_attention_scores": true})")}}});
  testing::check_masked_layers(cases);
}

TEST_CASE("MultiHeadAttention computes what its formula says") {
  const Tensor query = noise({2, 4, 6}, 1), value = noise({2, 5, 6}, 2), key = noise({2, 5, 3}, 3);
  const MultiHeadAttention plain({.num_heads = 2, .key_dim = 3, .value_dim = 4});
  plain->build({{2, 4, 6}, {2, 5, 6}, {2, 5, 3}});
  fill_weights(plain);
  testing::check_close(run(plain, {query, value, key}).outputs[0],
                       attention(*plain, query, value, key, 1, everything), 1e-5);
  const MultiHeadAttention gated(
      {.num_heads = 2, .key_dim = 3, .output_shape = {5}, .use_gate = true});
  gated->build({{2, 4, 6}, {2, 5, 6}});
  fill_weights(gated);
  testing::check_close(run(gated, {query, value}).outputs[0],
                       attention(*gated, query, value, value, 1, everything), 1e-5);
  const GroupQueryAttention groups(
      {.head_dim = 3, .num_query_heads = 6, .num_key_value_heads = 2, .use_gate = true});
  groups->build({{2, 4, 6}, {2, 5, 6}, {2, 5, 3}});
  fill_weights(groups);
  testing::check_close(run(groups, {query, value, key}).outputs[0],
                       attention(*groups, query, value, key, 3, everything), 1e-5);
}

TEST_CASE("masks of MultiHeadAttention") {
  const Tensor query = noise({2, 4, 6}, 1), value = noise({2, 5, 6}, 2);
  const Tensor query_mask = filled({2, 4}, {1, 1, 0, 1, 1, 1, 1, 1});
  const Tensor value_mask = filled({2, 5}, {1, 1, 0, 1, 0, 0, 1, 1, 0, 1});
  const MultiHeadAttention layer({.num_heads = 2, .key_dim = 3, .sliding_window = 3});
  layer->build({{2, 4, 6}, {2, 5, 6}});
  fill_weights(layer);
  const auto near = [](std::size_t t, std::size_t s) { return s <= t + 2 && t <= s + 2; };

  SUBCASE("a window") {
    testing::check_close(
        run(layer, {query, value}).outputs[0],
        attention(*layer, query, value, value, 1,
                  [&](std::size_t, std::size_t t, std::size_t s) { return near(t, s); }),
        1e-5);
  }
  SUBCASE("a window and later sources") {
    testing::check_close(
        run(layer, {query, value}, keywords(R"({"use_causal_mask": true})")).outputs[0],
        attention(*layer, query, value, value, 1,
                  [&](std::size_t, std::size_t t, std::size_t s) { return near(t, s) && s <= t; }),
        1e-5);
  }
  SUBCASE("the inputs' masks, which go on with the output") {
    const Result result = run(layer, {query, value}, {}, {&query_mask, &value_mask});
    REQUIRE(result.mask);
    CHECK(*result.mask == query_mask);
    const Tensor expected =
        attention(*layer, query, value, value, 1, [&](std::size_t b, std::size_t t, std::size_t s) {
          return near(t, s) && value_mask(b, s) != 0;
        });
    for (std::size_t t : {0, 1, 3}) {
      for (std::size_t i = 0; i < 6; ++i)
        CHECK(result.outputs[0](0, t, i) == doctest::Approx(expected(0, t, i)).epsilon(1e-4));
    }
  }
  SUBCASE("of each head") {
    Tensor mask = noise({2, 2, 4, 5}, 9);
    for (real& allowed : mask) allowed = allowed > 0 ? real{1} : real{0};
    const Result result =
        run(layer, {query, value, mask},
            keywords(R"({"return_attention_scores": true})", {"", "", "attention_mask"}));
    const Tensor& scores = result.outputs[1];
    REQUIRE(shape_of(scores) == Shape{2, 2, 4, 5});
    for (std::size_t b = 0; b < 2; ++b) {
      for (std::size_t h = 0; h < 2; ++h) {
        for (std::size_t t = 0; t < 4; ++t) {
          double sum = 0;
          bool any = false;
          for (std::size_t s = 0; s < 5; ++s) {
            const bool allowed = near(t, s) && mask(b, h, t, s) != 0;
            CHECK((scores(b, h, t, s) > 0) == allowed);
            any = any || allowed;
            sum += double{scores(b, h, t, s)};
          }
          CHECK(sum == doctest::Approx(any ? 1 : 0));
        }
      }
    }
  }
}

TEST_CASE("configs of MultiHeadAttention are Keras's") {
  const std::string common =
      R"("trainable":true,"dtype":{"module":"keras","class_name":"DTypePolicy","config":)"
      R"({"name":"float32"},"registered_name":null},)";
  const std::string rest =
      R"("kernel_initializer":{"module":"keras.initializers","class_name":"GlorotUniform",)"
      R"("config":{"seed":null,"input_axes":null,"output_axes":null},"registered_name":null},)"
      R"("bias_initializer":{"module":"keras.initializers","class_name":"Zeros","config":{},)"
      R"("registered_name":null},"kernel_regularizer":null,"bias_regularizer":null,)"
      R"("activity_regularizer":null,"kernel_constraint":null,"bias_constraint":null,)"
      R"("seed":null})";
  const MultiHeadAttention layer({.num_heads = 2, .key_dim = 3}, {.name = "m"});
  CHECK(layer->get_config().dump() ==
        R"({"name":"m",)" + common +
            R"("num_heads":2,"key_dim":3,"value_dim":3,"dropout":0.0,"use_bias":true,)"
            R"("use_gate":false,"output_shape":null,"attention_axes":null,"sliding_window":null,)" +
            rest);
  layer->build({{unknown, 4, 6}, {unknown, 4, 6}});
  CHECK(layer->get_config()["attention_axes"].dump() == "[1]");
  const GroupQueryAttention groups({.head_dim = 3, .num_query_heads = 4, .num_key_value_heads = 2},
                                   {.name = "g"});
  CHECK(groups->get_config().dump() ==
        R"({"name":"g",)" + common +
            R"("head_dim":3,"num_query_heads":4,"num_key_value_heads":2,"use_bias":true,)"
            R"("use_gate":false,"sliding_window":null,"dropout":0.0,)" +
            rest);
}

TEST_CASE("the projections of MultiHeadAttention have its regularizers") {
  const MultiHeadAttention layer({.num_heads = 2, .key_dim = 3, .kernel_regularizer = "l2"},
                                 {.activity_regularizer = "l1"});
  CHECK_FALSE(layer->activity_regularizer());
  CHECK(layer->get_config()["activity_regularizer"]["class_name"] == "L1");
  layer->build({{2, 4, 6}, {2, 5, 6}});
  for (const Sublayer& sublayer : layer->sublayers()) {
    if (sublayer.layer->own_weights().empty()) continue;
    CHECK(sublayer.layer->activity_regularizer());
    CHECK(sublayer.layer->own_weights()[0].regularizer());
  }
}

TEST_CASE("the kernels of MultiHeadAttention are drawn each for itself") {
  const MultiHeadAttention layer({.num_heads = 2, .key_dim = 3});
  layer->build({{2, 4, 6}, {2, 5, 6}});
  const auto weights = layer->trainable_weights();
  REQUIRE(weights.size() == 8);
  CHECK_FALSE(weights[0]->value() == weights[2]->value());
}

TEST_CASE("MultiHeadAttention refuses wrong use") {
  const auto refused = [](const MultiHeadAttentionOptions& options) {
    const MultiHeadAttention made(options, {.name = "m"});
  };
  CHECK_THROWS_WITH_AS(refused({.num_heads = 0, .key_dim = 3}),
                       "Layer 'm' (MultiHeadAttention): Invalid value for argument `num_heads`. "
                       "Expected a positive integer. Received: num_heads=0",
                       ValueError);
  CHECK_THROWS_WITH_AS(refused({.num_heads = 2, .key_dim = -3}),
                       "Layer 'm' (MultiHeadAttention): Invalid value for argument `key_dim`. "
                       "Expected a positive integer. Received: key_dim=-3",
                       ValueError);
  CHECK_THROWS_WITH_AS(refused({.num_heads = 2, .key_dim = 3, .sliding_window = 0}),
                       "Layer 'm' (MultiHeadAttention): `sliding_window` must be `None` or a "
                       "positive integer. Received: sliding_window=0",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      refused({.num_heads = 2, .key_dim = 3, .dropout = 0.1, .flash_attention = true}),
      "Layer 'm' (MultiHeadAttention): Dropout is not supported when flash attention is enabled. "
      "Please set dropout to 0.0 to use flash attention.",
      ValueError);
  const auto layer = [](const MultiHeadAttentionOptions& options) {
    return MultiHeadAttention(options, {.name = "m"});
  };
  const Tensor x = zeros({2, 4, 6});
  CHECK_THROWS_WITH_AS(
      run(layer({.num_heads = 2, .key_dim = 3, .flash_attention = true}), {x, x},
          keywords(R"({"return_attention_scores": true})")),
      "Layer 'm' (MultiHeadAttention): Returning attention scores is not supported when flash "
      "attention is enabled. Please disable flash attention to access attention scores.",
      ValueError);
  CHECK_THROWS_WITH_AS(
      run(layer({.num_heads = 2, .key_dim = 3}), {x, x, zeros({2, 5, 6})}),
      "Layer 'm' (MultiHeadAttention): All dimensions of `value` and `key`, except "
      "the last one, must be equal. Received: value_shape=(2, 4, 6) and "
      "key_shape=(2, 5, 6)",
      ShapeError);
  CHECK_THROWS_AS(run(layer({.num_heads = 2, .key_dim = 3}), {x, zeros({2, 6})}), ShapeError);
  CHECK_THROWS_WITH_AS(
      run(layer({.num_heads = 2, .key_dim = 3, .attention_axes = 2}), {x, x}),
      "Layer 'm' (MultiHeadAttention): `attention_axes` must be different axes between 1 and 1 for "
      "inputs of rank 3. Received: attention_axes=(2,)",
      ValueError);
  CHECK_THROWS_WITH_AS(
      layer({.num_heads = 2, .key_dim = 3})(x),
      "Layer 'm' (MultiHeadAttention): call() takes a query, a value and perhaps a "
      "key. Received: 1 inputs",
      ValueError);
  CHECK_THROWS_WITH_AS(
      run(layer({.num_heads = 2, .key_dim = 3}), {x, x, zeros({3, 4, 4})},
          {.input_names = {"", "", "attention_mask"}}),
      "Layer 'm' (MultiHeadAttention): the mask of shape (3, 4, 4) cannot be broadcast to the "
      "attention scores of shape (2, 2, 4, 4)",
      ShapeError);
  CHECK_THROWS_AS(run(layer({.num_heads = 2, .key_dim = 3}), {x, x, zeros({2, 4})},
                      {.input_names = {"", "", "query_mask"}}),
                  ValueError);
  CHECK_THROWS_WITH_AS(
      GroupQueryAttention({.head_dim = 3, .num_query_heads = 4, .num_key_value_heads = 3},
                          {.name = "g"}),
      "Layer 'g' (GroupQueryAttention): `num_query_heads` must be divisible by "
      "`num_key_value_heads`. Received: num_query_heads=4, num_key_value_heads=3",
      ValueError);
  CHECK_THROWS_WITH_AS(
      run(GroupQueryAttention({.head_dim = 3, .num_query_heads = 4, .num_key_value_heads = 2},
                              {.name = "g"}),
          {x, zeros({2, 4, 5})}),
      "Layer 'g' (GroupQueryAttention): The last dimension of `query_shape` and `value_shape` must "
      "be equal, but are 6, 5. Received: query_shape=(2, 4, 6), value_shape=(2, 4, 5)",
      ShapeError);
}
