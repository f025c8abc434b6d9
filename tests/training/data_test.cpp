#include "../../training/data.hpp"

#include <set>

#include <doctest/doctest.h>

#include "../support/check_layers.hpp"

using namespace keratin;
using keratin::testing::same_bits;

namespace {

Tensor counting(const Shape& shape) {
  Tensor tensor = empty(shape);
  for (std::size_t i = 0; i < tensor.size(); ++i) tensor.flat(i) = static_cast<real>(i);
  return tensor;
}

}  // namespace

TEST_CASE("batches hold each sample once, the last one what is left") {
  const Tensor x = counting({10, 2}), y = counting({10});
  TensorDataset dataset({&x}, {&y}, {}, {.batch_size = 4, .shuffle_seed = 3});
  CHECK(dataset.size() == 3);
  dataset.on_epoch_begin(0);
  std::set<real> seen;
  std::vector<real> first_order;
  for (std::size_t b = 0; b < 3; ++b) {
    const Batch batch = dataset.batch(b);
    CHECK(batch.size() == (b < 2 ? 4 : 2));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      CHECK(batch.x[0](i, 0) == 2 * batch.y[0](i));
      seen.insert(batch.y[0](i));
      first_order.push_back(batch.y[0](i));
    }
  }
  CHECK(seen.size() == 10);
  TensorDataset again({&x}, {&y}, {}, {.batch_size = 10, .shuffle_seed = 3});
  again.on_epoch_begin(0);
  const Tensor same_order = again.batch(0).y[0];
  for (std::size_t i = 0; i < 10; ++i) CHECK(same_order(i) == first_order[i]);
  again.on_epoch_begin(1);
  CHECK_FALSE(same_bits(again.batch(0).y[0], same_order));
}

TEST_CASE("a part of the samples, in their order") {
  const Tensor x = counting({10, 1});
  const TensorDataset dataset({&x}, {}, {}, {.batch_size = 8, .first = 7});
  CHECK(dataset.samples() == 3);
  CHECK(dataset.batch(0).x[0](0, 0) == 7);
}

TEST_CASE("data that do not fit are refused") {
  const Tensor x = counting({10, 2}), y = counting({9});
  CHECK_THROWS_AS(TensorDataset({&x}, {&y}, {}, {}), ShapeError);
  CHECK_THROWS_AS(TensorDataset({&x}, {}, {}, {.batch_size = 0}), ValueError);
  CHECK_THROWS_AS(TensorDataset({&x}, {}, {}, {.last = 11}), ValueError);
  const Structure two{.kind = Structure::list};
  CHECK_THROWS_AS(Data(x).in_order(two, {"a", "b"}, "input"), ValueError);
  const std::map<std::string, Tensor> named = {{"b", counting({1})}, {"a", counting({2})}};
  const auto ordered = Data(named).in_order(two, {"b", "a"}, "input");
  CHECK(ordered[0]->size() == 1);
  CHECK_THROWS_WITH_AS(Data(named).in_order(two, {"a", "c"}, "input"),
                       doctest::Contains("Missing data for input \"c\""), ValueError);
}

TEST_CASE("class weights from labels and from one-hot rows") {
  Tensor labels = counting({3});
  const std::map<int, double> weights = {{0, 0.5}, {1, 2}, {2, 0}};
  const Tensor from_labels = class_weights(weights, labels);
  CHECK(from_labels(0) == 0.5);
  CHECK(from_labels(2) == 0);
  Tensor rows = zeros({2, 3});
  rows(0, 1) = 1;
  rows(1, 2) = 1;
  CHECK(class_weights(weights, rows)(0) == 2);
  labels(0) = 7;
  CHECK_THROWS_WITH_AS(class_weights(weights, labels), doctest::Contains("The class 7 exists"),
                       ValueError);
}
