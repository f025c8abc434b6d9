#include <algorithm>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "../../../framework/naming.hpp"
#include "../../../framework/serialization.hpp"
#include "../../../training/metrics/accuracy.hpp"
#include "../../../training/metrics/auc.hpp"
#include "../../../training/metrics/f_score.hpp"
#include "../../../training/metrics/iou.hpp"
#include "../../../training/metrics/losses.hpp"
#include "../../../training/metrics/positives.hpp"
#include "../../../training/metrics/r2_score.hpp"
#include "../../../training/metrics/sensitivity.hpp"
#include "../../support/golden_json.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {
namespace {

using namespace testing;

void update(Metric& metric, const Json& batch, const Tensor* weight) {
  const Tensor first = tensor_of(batch[0]);
  metric.update_state(first, batch.size() > 1 ? tensor_of(batch[1]) : first, weight);
}

/// What of Keras's numbers is exact: with even thresholds it adds up weights in float32.
double tolerance_of(const std::string& class_name) {
  static const std::set<std::string> even = {"AUC", "SensitivityAtSpecificity",
                                             "SpecificityAtSensitivity", "PrecisionAtRecall",
                                             "RecallAtPrecision"};
  return even.contains(class_name) ? std::max(golden_tolerance, 6e-8) : golden_tolerance;
}

TEST_CASE("metrics: Keras's results over two batches, state and configs") {
  int tried = 0;
  for (const Json& golden : golden_json("training/metrics.json")) {
    if (!Registry<Metric>::instance().contains(golden["class_name"].get<std::string>())) continue;
    ++tried;
    const std::string config = golden["config"].dump();
    CAPTURE(config);
    const double tolerance = tolerance_of(golden["class_name"].get<std::string>());
    const auto metric = deserialize<Metric>(golden["config"]);
    CHECK(serialize(*metric).dump() == config);
    for (int repeat = 0; repeat < 2; ++repeat) {
      update(*metric, golden["batch1"], nullptr);
      CHECK(error_in(tolerance, metric->results(), numbers(golden["result1"])) <= 1);
      const bool weighted = golden["weighted2"].get<bool>();
      const Tensor weight = weighted ? tensor_of(golden["sample_weight2"]) : Tensor();
      update(*metric, golden["batch2"], weighted ? &weight : nullptr);
      CHECK(error_in(tolerance, metric->results(), numbers(golden["result2"])) <= 1);
      for (std::size_t i = 0; golden.contains("state") && i < golden["state"].size(); ++i) {
        REQUIRE(i < metric->variables().size());
        CHECK(metric->variables()[i].name == golden["state"][i]["name"].get<std::string>());
        CHECK(error_in(tolerance, metric->variables()[i].value,
                       numbers(golden["state"][i]["value"])) <= 1);
      }
      metric->reset_state();
    }
  }
  CHECK(tried == 61);
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

TEST_CASE("metrics: names, and which way is better") {
  clear_session();
  CHECK(Precision().name() == "precision");
  CHECK(Precision().name() == "precision_1");
  CHECK(Precision({.name = "mine"}).name() == "mine");
  CHECK(MeanIoU({.num_classes = 2}).name() == "mean_io_u");
  CHECK(F1Score().name() == "f1_score");
  for (const char* name : {"auc", "precision", "recall", "f1_score", "r2_score", "binary_io_u",
                           "accuracy", "cosine_similarity", "pearson_correlation"}) {
    CHECK(Registry<Metric>::instance().make(name, Json::object())->direction() ==
          Metric::Direction::up);
  }
  for (const char* name : {"mse", "rmse", "bce", "kld", "hinge", "sparse_categorical_crossentropy"})
    CHECK(Registry<Metric>::instance().make(name, Json::object())->direction() ==
          Metric::Direction::down);
  for (const char* name : {"mean", "sum", "true_positives"})
    CHECK(Registry<Metric>::instance().make(name, Json::object())->direction() ==
          Metric::Direction::unknown);
}

TEST_CASE("metrics: areas by label, with weights") {
  const Tensor y_true = tensor_of(Json::parse("[[0,1],[1,1],[1,0],[0,0]]"));
  const Tensor y_pred = tensor_of(Json::parse("[[0.1,0.2],[0.9,0.6],[0.8,0.7],[0.3,0.4]]"));
  AUC plain({.num_thresholds = 101, .multi_label = true});
  CHECK(plain.result() == 0);
  plain.update_state(y_true, y_pred);
  // Of the first label all pairs are in order, of the second one of four.
  CHECK(plain.result() == doctest::Approx((1 + 0.25) / 2));
  AUC weighted({.num_thresholds = 101,
                .multi_label = true,
                .num_labels = 2,
                .label_weights = Numbers{3, 1}});
  weighted.update_state(y_true, y_pred);
  CHECK(weighted.result() == doctest::Approx((3 + 0.25) / 4));
  AUC given({.thresholds = Numbers{0.25, 0.75}});
  given.update_state(y_true, y_pred);
  CHECK(given.variables()[0].value.size() == 4);
  CHECK(deserialize<Metric>(serialize(given))->get_config() == given.get_config());
  // Labels that weigh nothing are not there.
  AUC first({.num_thresholds = 101, .label_weights = Numbers{1, 0}});
  first.update_state(y_true, y_pred);
  CHECK(first.result() == doctest::Approx(1));
}

TEST_CASE("metrics: some classes only") {
  const Tensor y_true = tensor_of(Json::parse("[0,1,2,1]"));
  const Tensor y_pred = tensor_of(Json::parse("[0,1,1,1]"));
  MeanIoU all({.num_classes = 3, .dtype = "float64"});
  all.update_state(y_true, y_pred);
  CHECK(all.result() == doctest::Approx((1 + 2.0 / 3 + 0) / 3));
  MeanIoU without({.num_classes = 3, .dtype = "float64", .ignore_class = 2});
  without.update_state(y_true, y_pred);
  CHECK(without.result() == doctest::Approx(1));
  const Tensor half = full({4}, real(0.5));
  MeanIoU integers({.num_classes = 3});
  integers.update_state(y_true, y_pred, &half);
  CHECK(integers.result() == 0);
  CHECK_THROWS_WITH_AS(
      all.update_state(y_true, full({4}, 3)),
      concat("Metric '", all.name(), "': class 3 is out of range, which is [0, 3).").c_str(),
      ValueError);
  CHECK_THROWS_AS(all.update_state(y_true, zeros({3})), ShapeError);
}

TEST_CASE("metrics: wrong use") {
  const auto refused = [](const auto& make, const char* message) {
    CHECK_THROWS_WITH_AS(make(), message, ValueError);
  };
  refused(
      [] {
        Precision({.thresholds = Numbers{0.5, 1.5}});
      },
      "Threshold values must be in [0, 1]. Received: [1.5]");
  refused([] { SensitivityAtSpecificity({.specificity = 2}); },
          "Argument `specificity` must be in the range [0, 1]. Received: specificity=2");
  refused([] { RecallAtPrecision({.precision = 0.5, .num_thresholds = 0}); },
          "Argument `num_thresholds` must be an integer > 0. Received: num_thresholds=0");
  refused([] { AUC({.num_thresholds = 1}); },
          "Argument `num_thresholds` must be an integer > 1. Received: num_thresholds=1");
  refused([] { AUC({.curve = "line"}); },
          "Invalid AUC curve value: \"line\". Expected values are [\"PR\", \"ROC\"]");
  refused([] { AUC({.summation_method = "sum"}); },
          "Invalid AUC summation method value: \"sum\". Expected values are [\"interpolation\", "
          "\"majoring\", \"minoring\"]");
  refused([] { AUC({.num_labels = 2}); },
          "`num_labels` is needed only when `multi_label` is True.");
  refused([] { F1Score({.average = "mean"}); },
          "Invalid `average` argument value. Expected one of: {None, 'micro', 'macro', "
          "'weighted'}. Received: average=mean");
  refused([] { FBetaScore({.beta = 0}); },
          "Invalid `beta` argument value. It should be > 0. Received: beta=0");
  refused([] { F1Score({.threshold = 1.5}); },
          "Invalid `threshold` argument value. It should verify 0 < threshold <= 1. Received: "
          "threshold=1.5");
  refused([] { R2Score({.class_aggregation = "sum"}); },
          "Invalid value for argument `class_aggregation`. Expected one of (None, "
          "'uniform_average', 'variance_weighted_average'). Received: class_aggregation=sum");
  refused([] { R2Score({.num_regressors = -1}); },
          "Invalid value for argument `num_regressors`. Expected a value >= 0. Received: "
          "num_regressors=-1");
  refused([] { IoU({.num_classes = 2, .target_class_ids = {2}}); },
          "Target class id 2 is out of range, which is [0, 2).");
  refused([] { MeanIoU({}); }, "`num_classes` must be a positive integer. Received: num_classes=0");
  CHECK_THROWS_WITH_AS(F1Score().update_state(zeros({2}), zeros({2})),
                       "FBetaScore expects 2D inputs with shape (batch_size, output_dim). Received "
                       "input shapes: y_pred.shape=(2,) and y_true.shape=(2,).",
                       ShapeError);
  CHECK_THROWS_AS(R2Score().update_state(zeros({2, 2, 2}), zeros({2, 2, 2})), ShapeError);
  CHECK_THROWS_AS(Recall({.class_id = 3}).update_state(zeros({2, 3}), zeros({2, 3})), ShapeError);
  CHECK_THROWS_AS(AUC({.multi_label = true}).update_state(zeros({2}), zeros({2})), ShapeError);
  CHECK_THROWS_AS(Precision().update_state(zeros({2, 3}), zeros({2, 2})), ShapeError);
  const Tensor wrong = zeros({3});
  CHECK_THROWS_AS(Precision().update_state(zeros({2, 2}), zeros({2, 2}), &wrong), ShapeError);
}

TEST_CASE("metrics: adjusted r2 falls back where there are too few samples") {
  const Tensor y_true = tensor_of(Json::parse("[[1],[4],[3]]"));
  const Tensor y_pred = tensor_of(Json::parse("[[2],[4],[4]]"));
  for (const Dim regressors : {0, 2, 3}) {
    R2Score metric({.num_regressors = regressors});
    metric.update_state(y_true, y_pred);
    CHECK(metric.result() == doctest::Approx(0.57142857142857));
  }
  R2Score adjusted({.num_regressors = 1});
  adjusted.update_state(y_true, y_pred);
  CHECK(adjusted.result() == doctest::Approx(1 - (1 - 0.57142857142857) * 2));
}

}  // namespace
}  // namespace keratin::inline KERATIN_VARIANT::metrics
