#include "../../../layers/rnn/time_distributed.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../layers/convolutional/conv.hpp"
#include "../../../layers/core/dense.hpp"
#include "../../../layers/normalization/batch_normalization.hpp"
#include "../../../layers/regularization/dropout.hpp"
#include "../../../layers/rnn/lstm.hpp"
#include "../../../layers/rnn/simple_rnn.hpp"
#include "rnn_support.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::behind_mask;
using testing::filled;
using testing::noise;

TEST_CASE("TimeDistributed") {
  testing::check_layers({
      {"Dense", TimeDistributed({.layer = Dense({.units = 3})}), {{2, 4, 5}}},
      {"Conv2D",
       TimeDistributed({.layer = Conv2D({.filters = 2, .kernel_size = 2})}),
       {{2, 3, 4, 3, 2}}},
      {"LSTM",
       TimeDistributed({.layer = LSTM({.units = 2, .return_state = true})}),
       {{2, 3, 4, 2}}},
      {"BatchNormalization in training",
       TimeDistributed({.layer = BatchNormalization()}),
       {{3, 1, 2}},
       {.training = true}},
      {"BatchNormalization", TimeDistributed({.layer = BatchNormalization()}), {{3, 4, 2}}},
      {"Dropout",
       TimeDistributed({.layer = Dropout({.rate = 0.5, .seed = 3})}),
       {{3, 4, 2}},
       {.training = true}},
      {"one step", TimeDistributed({.layer = Dense({.units = 2})}), {{3, 1, 2}}},
      {"nothing", TimeDistributed({.layer = Dense({.units = 2})}), {{0, 3, 2}}},
      {"no steps", TimeDistributed({.layer = Dense({.units = 2})}), {{3, 0, 2}}},
  });
}

TEST_CASE("TimeDistributed normalizes each step by its own batch") {
  const BatchNormalization inner({.momentum = 0.5, .epsilon = 0});
  const TimeDistributed layer({.layer = inner});
  layer->build({{2, 2, 1}});
  Step step{.training = true};
  Context context(step);
  const Tensor x = filled({2, 2, 1}, {1, 10, 3, 30});
  const Tensor y = context.run(*layer, x);
  testing::check_close(y, filled({2, 2, 1}, {-1, -1, 1, 1}), 1e-6);
  step.commit();
  // The means 2 and then 20 come in one after the other.
  CHECK(inner->weights()[2]->value() == filled({1}, {real(0.5 * (0.5 * 2) + 0.5 * 20)}));
}

TEST_CASE("TimeDistributed goes back step by step where it went step by step") {
  const BatchNormalization inner;
  const TimeDistributed layer({.layer = inner});
  const Tensor x = noise({3, 2, 4}, 1), dy = noise({3, 2, 4}, 2);
  layer->build({shape_of(x)});
  Step step{.training = true, .backward = true};
  Context context(step);
  context.run(*layer, x);
  const Tensor dx = context.run_backward(dy);
  const auto at = [](const Tensor& sequence, std::size_t t) {
    Tensor one = empty({3, 4});
    for (std::size_t b = 0; b < 3; ++b)
      for (std::size_t c = 0; c < 4; ++c) one(b, c) = sequence(b, t, c);
    return one;
  };
  Step alone{.training = true, .backward = true};
  for (std::size_t t = 2; t-- > 0;) {
    Context one(alone);
    const Tensor input = at(x, t);
    one.run(*inner, input);
    CHECK(testing::same_bits(one.output(), at(context.output(), t)));
    CHECK(testing::same_bits(one.run_backward(at(dy, t)), at(dx, t)));
  }
  for (const Parameter* weight : layer->trainable_weights())
    CHECK(testing::same_bits(*step.gradients.find(*weight), *alone.gradients.find(*weight)));
}

TEST_CASE("TimeDistributed gives each step its mask, and passes the whole on") {
  const TimeDistributed layer({.layer = SimpleRNN({.units = 1,
                                                   .activation = {},
                                                   .kernel_initializer = "ones",
                                                   .recurrent_initializer = "ones"})});
  const Tensor x = filled({1, 2, 3, 1}, {1, 2, 4, 8, 16, 32});
  const Tensor mask = filled({1, 2, 3}, {1, 0, 1, 0, 1, 0});
  CHECK(testing::computed(layer, {x}, &mask)[0] == filled({1, 2, 1}, {5, 16}));
  Step step;
  Context context(step);
  context.set_masks({&mask});
  context.run(*layer, x);
  REQUIRE(context.output_mask() != nullptr);
  CHECK(*context.output_mask() == mask);
}

TEST_CASE("TimeDistributed refuses wrong use in Keras's words") {
  CHECK_THROWS_WITH_AS(TimeDistributed({}, {.name = "t"}),
                       "Layer 't' (TimeDistributed): Please initialize `TimeDistributed` layer "
                       "with a `keras.layers.Layer` instance. Received: None",
                       ValueError);
  const TimeDistributed layer({.layer = Dense({.units = 2})}, {.name = "t"});
  CHECK_THROWS_WITH_AS(layer(zeros({2, 3})),
                       "Layer 't' (TimeDistributed): `TimeDistributed` Layer should be passed an "
                       "`input_shape` with at least 3 dimensions, received: (2, 3)",
                       ShapeError);
  const Tensor mask = zeros({2, 4});
  CHECK_THROWS_WITH_AS(testing::computed(layer, {zeros({2, 3, 1})}, &mask),
                       "Layer 't' (TimeDistributed): `TimeDistributed` Layer should be passed a "
                       "`mask` of shape (2, 3, ...), received: mask.shape=(2, 4)",
                       ShapeError);
}
