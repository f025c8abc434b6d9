#include <string>

#include <doctest/doctest.h>

#include "../../../framework/serialization.hpp"
#include "../../../training/metrics/accuracy.hpp"
#include "../../../training/metrics/losses.hpp"
#include "../../support/golden_json.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {
namespace {

using namespace testing;

void update(Metric& metric, const Json& batch, const Tensor* weight) {
  const Tensor first = tensor_of(batch[0]);
  metric.update_state(first, batch.size() > 1 ? tensor_of(batch[1]) : first, weight);
}

TEST_CASE("metrics: Keras's results over two batches, state and configs") {
  int tried = 0;
  for (const Json& golden : golden_json("training/metrics.json")) {
    if (!Registry<Metric>::instance().contains(golden["class_name"].get<std::string>())) continue;
    ++tried;
    const std::string config = golden["config"].dump();
    CAPTURE(config);
    const auto metric = deserialize<Metric>(golden["config"]);
    CHECK(serialize(*metric).dump() == config);
    for (int repeat = 0; repeat < 2; ++repeat) {
      update(*metric, golden["batch1"], nullptr);
      CHECK(error_in(golden_tolerance, metric->results(), numbers(golden["result1"])) <= 1);
      const bool weighted = golden["weighted2"].get<bool>();
      const Tensor weight = weighted ? tensor_of(golden["sample_weight2"]) : Tensor();
      update(*metric, golden["batch2"], weighted ? &weight : nullptr);
      CHECK(error_in(golden_tolerance, metric->results(), numbers(golden["result2"])) <= 1);
      for (std::size_t i = 0; golden.contains("state") && i < golden["state"].size(); ++i) {
        REQUIRE(i < metric->variables().size());
        CHECK(metric->variables()[i].name == golden["state"][i]["name"].get<std::string>());
        CHECK(error_in(golden_tolerance, metric->variables()[i].value,
                       numbers(golden["state"][i]["value"])) <= 1);
      }
      metric->reset_state();
    }
  }
  CHECK(tried == 26);
}

TEST_CASE("metrics: accuracy is what the shapes say, under the name given") {
  const auto resolved = [](const char* name, const Shape& y_true, const Shape& y_pred) {
    const auto metric = resolve_metric(name, y_true, y_pred);
    CHECK(metric->name() == name);
    return std::string(metric->class_name());
  };
  CHECK(resolved("accuracy", {8, 1}, {8, 1}) == "BinaryAccuracy");
  CHECK(resolved("acc", {8}, {8, 10}) == "SparseCategoricalAccuracy");
  CHECK(resolved("accuracy", {8, 1}, {8, 10}) == "SparseCategoricalAccuracy");
  CHECK(resolved("accuracy", {8, 10}, {8, 10}) == "CategoricalAccuracy");
  CHECK(resolved("crossentropy", {8, 10}, {8, 10}) == "CategoricalCrossentropy");
  CHECK(resolved("ce", {8}, {8, 10}) == "SparseCategoricalCrossentropy");
  CHECK(resolved("mse", {8, 1}, {8, 1}) == "MeanSquaredError");
  CHECK(resolve_metric(BinaryAccuracy({.threshold = 0.7}), {}, {})->name() == "binary_accuracy");
  CHECK_THROWS_WITH_AS(resolve_metric("nope", {1}, {1}),
                       "Could not interpret metric identifier: nope", ValueError);
}

TEST_CASE("metrics: weights of a sample spread over its positions") {
  Accuracy metric;
  const Tensor y_true = tensor_of(Json::parse("[[1,2],[3,4]]"));
  const Tensor y_pred = tensor_of(Json::parse("[[1,0],[3,4]]"));
  const Tensor weight = tensor_of(Json::parse("[1,3]"));
  metric.update_state(y_true, y_pred, &weight);
  CHECK(metric.result() == doctest::Approx((0.5 + 3) / 4));
  const Tensor wrong = zeros({3});
  CHECK_THROWS_AS(metric.update_state(y_true, y_pred, &wrong), ShapeError);
  CHECK_THROWS_AS(metric.update_state(y_true, zeros({2, 3})), ShapeError);
  CHECK_THROWS_AS(SparseCategoricalAccuracy().update_state(zeros({3}), zeros({2, 3})), ShapeError);
  CHECK_THROWS_AS(BinaryAccuracy({.threshold = 1}), ValueError);
}

TEST_CASE("metrics: class numbers sorted by score") {
  SparseTopKCategoricalAccuracy metric({.k = 2, .from_sorted_ids = true});
  metric.update_state(tensor_of(Json::parse("[2,0]")), tensor_of(Json::parse("[[1,2,0],[2,1,0]]")));
  CHECK(metric.result() == 0.5);
  CHECK(Mean().result() == 0);
}

}  // namespace
}  // namespace keratin::inline KERATIN_VARIANT::metrics
