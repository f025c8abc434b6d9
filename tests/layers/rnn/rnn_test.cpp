#include "../../../layers/rnn/rnn.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/register_layer.hpp"
#include "../../../layers/core/dense.hpp"
#include "../../../layers/rnn/gru.hpp"
#include "../../../layers/rnn/lstm.hpp"
#include "../../../layers/rnn/simple_rnn.hpp"
#include "../../../layers/rnn/stacked_rnn_cells.hpp"
#include "rnn_support.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::behind_mask;
using testing::filled;
using testing::noise;

namespace {

struct DecayOptions {
  double rate = 0.5;
  void describe(Fields& fields);
};

/// A cell of a program's own: h' = rate h + w x for each element.
class DecayCellLayer final : public OptionsLayer<DecayCellLayer, DecayOptions, Cell> {
 public:
  static constexpr std::string_view keras_name = "DecayCell";
  static constexpr std::string_view package = "rnn_test";
  using OptionsLayer::OptionsLayer;

  Shape output_shape(const Shape& step) const override { return step; }
  Shapes state_shapes(const Shape& step) const override { return {step}; }

  Tensors forward_all(TensorRefs inputs, Context& /*context*/) const override {
    Tensor h = empty(shape_of(*inputs[0]));
    for (std::size_t i = 0; i < h.size(); ++i)
      h.data()[i] = rate() * inputs[1]->data()[i] + weight(i) * inputs[0]->data()[i];
    return {h, h};
  }
  Tensors backward_all(Tensors gradients, Context& context) const override {
    Tensor sum = gradients[0], dx = sum, dh = sum, dw = zeros(shape_of(weight_->value()));
    for (std::size_t i = 0; i < sum.size(); ++i) {
      const real dy = gradients[0].data()[i] + gradients[1].data()[i];
      dx.data()[i] = weight(i) * dy;
      dh.data()[i] = rate() * dy;
      dw.data()[i % dw.size()] += context.input().data()[i] * dy;
    }
    context.add_gradient(*weight_, dw);
    return {dx, dh};
  }

 private:
  void build_all(const Shapes& inputs) override {
    weight_ = &add_weight({.name = "weight", .shape = {inputs[0].back()}, .initializer = "ones"});
  }
  real rate() const { return static_cast<real>(options_.rate); }
  real weight(std::size_t i) const { return weight_->value().data()[i % weight_->value().size()]; }

  Parameter* weight_ = nullptr;
};

using DecayCell = Handle<DecayCellLayer>;

}  // namespace

#include "../../../framework/fields_impl.hpp"

void DecayOptions::describe(Fields& fields) { fields("rate", rate); }

TEST_CASE("RNN") {
  register_layer<DecayCellLayer>();
  const auto stack = [] {
    return StackedRNNCells(
        {.cells = {LSTMCell({.units = 3}), GRUCell({.units = 2}), SimpleRNNCell({.units = 4})}});
  };
  testing::check_layers({
      {"LSTMCell", RNN({.cell = LSTMCell({.units = 3}), .return_sequences = true}), {{2, 4, 3}}},
      {"stack", RNN({.cell = stack(), .return_state = true}), {{2, 3, 2}}},
      {"stack, backwards, masked",
       behind_mask(RNN({.cell = stack(), .return_sequences = true, .go_backwards = true}),
                   {3, 4, 2}),
       {{3, 4, 2}}},
      {"stack with dropout",
       RNN({.cell = StackedRNNCells(
                {.cells = {GRUCell({.units = 3, .dropout = 0.3, .seed = 1}),
                           LSTMCell({.units = 2, .recurrent_dropout = 0.3, .seed = 2})}})}),
       {{2, 3, 4}},
       {.training = true}},
      {"stack alone", stack(), {{2, 2}, {2, 3}, {2, 3}, {2, 2}, {2, 4}}},
  });
}

TEST_CASE("RNN runs cells of the program's own step by step") {
  register_layer<DecayCellLayer>();
  const RNN layer({.cell = DecayCell(), .return_sequences = true, .return_state = true});
  const Tensors y = testing::computed(layer, {filled({1, 3, 1}, {8, 2, 1})});
  CHECK(y[0] == filled({1, 3, 1}, {8, 6, 4}));
  CHECK(y[1] == filled({1, 1}, {4}));
  const auto copy = RNNLayer::from_config(layer->get_config());
  CHECK(testing::computed(LayerHandle(copy), {filled({1, 3, 1}, {8, 2, 1})})[0] == y[0]);
}

TEST_CASE("step by step comes to the same as the cells' own loops") {
  // A penalty on what a cell gives makes RNN call it step by step, and counts nothing in this step.
  const auto stack = [](const LayerOptions& common) {
    return RNN({.cell = StackedRNNCells(
                    {.cells = {LSTMCell({.units = 3}, common), GRUCell({.units = 2}, common)}}),
                .return_sequences = true,
                .return_state = true,
                .go_backwards = true});
  };
  const RNN whole = stack({}), stepwise = stack({.activity_regularizer = "l2"});
  const Tensor x = noise({3, 5, 4}, 1),
               mask = filled({3, 5}, {1, 1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1});
  const Tensors states{noise({3, 3}, 2), noise({3, 3}, 3), noise({3, 2}, 4)};
  const std::vector<const Tensor*> inputs{&x, &states[0], &states[1], &states[2]};
  whole->build({shape_of(x)});
  stepwise->build({shape_of(x)});
  testing::set_same_noise(*whole, *stepwise);
  Step steps[2];
  std::vector<Tensors> outputs, gradients;
  for (std::size_t i = 0; i < 2; ++i) {
    steps[i].backward = true;
    Context context(steps[i]);
    context.set_masks({&mask});
    Tensors dy;
    for (const Tensor* y : context.run(i == 0 ? *whole : *stepwise, inputs)) {
      dy.push_back(noise(shape_of(*y), 9));
      outputs.resize(i + 1);
      outputs[i].push_back(*y);
    }
    gradients.push_back(context.run_backward(std::move(dy)));
  }
  for (std::size_t k = 0; k < outputs[0].size(); ++k)
    testing::check_close(outputs[1][k], outputs[0][k], 1e-6);
  for (std::size_t k = 0; k < inputs.size(); ++k)
    testing::check_close(gradients[1][k], gradients[0][k], 1e-6);
  const auto weights = whole->weights(), same = stepwise->weights();
  for (std::size_t k = 0; k < weights.size(); ++k) {
    CAPTURE(weights[k]->path());
    testing::check_close(*steps[1].gradients.find(*same[k]), *steps[0].gradients.find(*weights[k]),
                         1e-6);
  }
}

TEST_CASE("a stack of cells is the layers one after the other") {
  const RNN stack(
      {.cell = StackedRNNCells({.cells = {LSTMCell({.units = 3}), GRUCell({.units = 2})}}),
       .return_sequences = true});
  const LSTM first({.units = 3, .return_sequences = true});
  const GRU second({.units = 2, .return_sequences = true});
  const Tensor x = noise({2, 4, 3}, 1);
  stack->build({shape_of(x)});
  first->build({shape_of(x)});
  second->build({{2, 4, 3}});
  std::vector<Parameter*> both = first->weights();
  for (Parameter* weight : second->weights()) both.push_back(weight);
  std::uint64_t seed = 1;
  for (std::size_t i = 0; i < both.size(); ++i) {
    stack->weights()[i]->assign(noise(shape_of(both[i]->value()), ++seed));
    both[i]->assign(stack->weights()[i]->value());
  }
  CHECK(testing::same_bits(stack(x), second(first(x))));
}

TEST_CASE("RNN refuses what is no cell, in Keras's words") {
  CHECK_THROWS_WITH_AS(RNN({}, {.name = "r"}),
                       "Layer 'r' (RNN): Argument `cell` should have a `call` method. Received: "
                       "cell=None",
                       ValueError);
  CHECK_THROWS_WITH_AS(RNN({.cell = Dense({.units = 1}, {.name = "d"})}, {.name = "r"}),
                       "Layer 'r' (RNN): The RNN cell should have a `state_size` attribute (single "
                       "integer or list of integers, one integer per RNN state). Received: "
                       "cell=Layer 'd' (Dense)",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      StackedRNNCells({.cells = {Dense({.units = 1}, {.name = "d"})}}, {.name = "s"}),
      "Layer 's' (StackedRNNCells): All cells must have a `state_size` attribute. "
      "Received cell without a `state_size`: Layer 'd' (Dense)",
      ValueError);
  CHECK_THROWS_WITH_AS(StackedRNNCells({}, {.name = "s"}),
                       "Layer 's' (StackedRNNCells): needs at least one cell. Received: cells=[]",
                       ValueError);
}

TEST_CASE("a frozen recurrent layer has no weights to train") {
  const RNN layer({.cell = LSTMCell({.units = 2})}, {.trainable = false});
  layer->build({{1, 2, 3}});
  CHECK(layer->trainable_weights().empty());
  CHECK(layer->non_trainable_weights().size() == 3);
}
