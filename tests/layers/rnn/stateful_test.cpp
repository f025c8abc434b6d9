#include <doctest/doctest.h>

#include "../../../layers/rnn/bidirectional.hpp"
#include "../../../layers/rnn/lstm.hpp"
#include "../../../layers/rnn/simple_rnn.hpp"
#include "../../../training/optimizers/sgd.hpp"
#include "../../../training/sequential.hpp"
#include "rnn_support.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::filled;
using testing::noise;

namespace {

/// h' = h + x, with the states kept.
SimpleRNN sum(bool stateful) {
  return SimpleRNN({.units = 1,
                    .activation = {},
                    .kernel_initializer = "ones",
                    .recurrent_initializer = "ones",
                    .stateful = stateful});
}

Sequential model_of(const LayerHandle& layer) {
  return Sequential({Input({}, {.batch_shape = {2, 2, 1}}), layer});
}

const Tensor x = filled({2, 2, 1}, {1, 2, 10, 20});
const PredictOptions in_twos{.batch_size = 2};

}  // namespace

TEST_CASE("a stateful layer goes on where the last batch ended") {
  Sequential model = model_of(sum(true));
  CHECK(model.function().is_stateful());
  CHECK(model.predict(x, in_twos) == filled({2, 1}, {3, 30}));
  CHECK(model.predict(x, in_twos) == filled({2, 1}, {6, 60}));
  model.function().reset_state();
  CHECK(model.predict(x, in_twos) == filled({2, 1}, {3, 30}));
  // Two batches in one call: the samples go on place by place.
  model.function().reset_state();
  CHECK(model.predict(filled({4, 2, 1}, {1, 2, 10, 20, 100, 200, 1000, 2000}), in_twos) ==
        filled({4, 1}, {3, 30, 303, 3030}));
  Sequential other = model_of(sum(false));
  CHECK_FALSE(other.function().is_stateful());
  CHECK(other.predict(x, in_twos) == other.predict(x, in_twos));
}

TEST_CASE("states are no weights, and change in training and evaluation too") {
  const LayerHandle layer = sum(true);
  Sequential model = model_of(layer);
  CHECK(model.weights().size() == 3);
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0}), .loss = "mse"});
  const Tensor y = zeros({2, 1});
  CHECK(log_value(model.train_on_batch(x, y), "loss") == doctest::Approx((9 + 900) / 2.0));
  CHECK(log_value(model.test_on_batch(x, y), "loss") == doctest::Approx(4 * (9 + 900) / 2.0));
  CHECK(model.predict(x, in_twos) == filled({2, 1}, {9, 90}));
  CHECK(layer(x) == filled({2, 1}, {12, 120}));
}

TEST_CASE("a stateful sequence in parts is the sequence in one") {
  const LSTM whole({.units = 3, .return_sequences = true});
  const LSTM parts({.units = 3, .return_sequences = true, .stateful = true});
  const Tensor sequence = noise({2, 6, 4}, 1);
  whole->build({{2, 6, 4}});
  parts->build({{2, 3, 4}});
  testing::set_same_noise(*whole, *parts);
  Tensor first = empty({2, 3, 4}), second = empty({2, 3, 4});
  for (std::size_t b = 0; b < 2; ++b) {
    for (std::size_t i = 0; i < 12; ++i) {
      first.data()[b * 12 + i] = sequence.data()[b * 24 + i];
      second.data()[b * 12 + i] = sequence.data()[b * 24 + 12 + i];
    }
  }
  const Tensor all = whole(sequence), begin = parts(first), end = parts(second);
  for (std::size_t b = 0; b < 2; ++b) {
    for (std::size_t t = 0; t < 6; ++t) {
      for (std::size_t u = 0; u < 3; ++u)
        CHECK(all(b, t, u) == (t < 3 ? begin(b, t, u) : end(b, t - 3, u)));
    }
  }
}

TEST_CASE("Bidirectional keeps the states of both directions") {
  Sequential model = model_of(Bidirectional({.layer = sum(true)}));
  CHECK(model.predict(x, in_twos) == filled({2, 2}, {3, 3, 30, 30}));
  CHECK(model.predict(x, in_twos) == filled({2, 2}, {6, 6, 60, 60}));
}

TEST_CASE("stateful layers demand a fixed batch size, in Keras's words") {
  const SimpleRNN layer({.units = 1, .stateful = true}, {.name = "s"});
  CHECK_THROWS_WITH_AS(layer->build({{unknown, 2, 1}}),
                       "Layer 's' (SimpleRNN): When using `stateful=True` in a RNN, the batch size "
                       "must be static. Found dynamic batch size: sequence.shape=(None, 2, 1)",
                       ValueError);
  const SimpleRNN fixed({.units = 1, .stateful = true}, {.name = "s"});
  fixed->build({{2, 2, 1}});
  CHECK_THROWS_WITH_AS(fixed(zeros({3, 2, 1})),
                       "Input 0 of layer 's' (SimpleRNN) is incompatible with the layer: expected "
                       "axis 0 of input shape to have value 2, but received input with shape (3, "
                       "2, 1)",
                       ShapeError);
}
