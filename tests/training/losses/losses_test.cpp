#include <string>

#include <doctest/doctest.h>

#include "../../../framework/base/parallel.hpp"
#include "../../../framework/serialization.hpp"
#include "../../../training/losses/circle.hpp"
#include "../../../training/losses/crossentropy.hpp"
#include "../../../training/losses/ctc.hpp"
#include "../../../training/losses/generalized.hpp"
#include "../../../training/losses/regression.hpp"
#include "../../support/golden_json.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {
namespace {

using namespace testing;

TEST_CASE("losses: Keras's values in all reductions, gradients and configs") {
  int tried = 0;
  for (const Json& golden : golden_json("training/losses.json")) {
    if (!Registry<const Loss>::instance().contains(golden["class_name"].get<std::string>()))
      continue;
    ++tried;
    Json config = golden["config"];
    // Keras forgets these when it writes the config; ours keeps them.
    for (const char* key : {"delta", "axis"})
      if (golden["kwargs"].contains(key)) config["config"][key] = golden["kwargs"][key];
    CAPTURE(config.dump());
    const std::string data = golden["data"].get<std::string>();
    CAPTURE(data);
    CHECK(serialize(*deserialize<const Loss>(config)).dump() == config.dump());
    const Tensor y_true = tensor_of(golden["y_true"]), y_pred = tensor_of(golden["y_pred"]);
    const Tensor weight = tensor_of(golden["sample_weight"]);
    const double room = golden_tolerance;
    for (const char* reduction :
         {"sum", "sum_over_batch_size", "mean", "mean_with_sample_weight"}) {
      CAPTURE(reduction);
      config["config"]["reduction"] = reduction;
      const auto loss = deserialize<const Loss>(config);
      CHECK(loss->evaluate(y_true, y_pred).value ==
            doctest::Approx(golden[reduction].get<double>()).epsilon(room));
      const std::string weighted = std::string(reduction) + "_weighted";
      if (golden.contains(weighted)) {
        CHECK(loss->evaluate(y_true, y_pred, &weight).value ==
              doctest::Approx(golden[weighted].get<double>()).epsilon(room));
      } else if (golden.contains(std::string(reduction) + "_error")) {
        CHECK_THROWS_AS(loss->evaluate(y_true, y_pred, &weight), ShapeError);
      }
    }
    const auto loss = deserialize<const Loss>(golden["kwargs"].empty() ? golden["config"] : [&] {
      config["config"]["reduction"] = "sum_over_batch_size";
      return config;
    }());
    CHECK(error_in(room, loss->values(y_true, y_pred), numbers(golden["none"])) <= 1);
    const LossResult result = loss->evaluate(y_true, y_pred, nullptr, true);
    CHECK(result.gradient.shape() == y_pred.shape());
    CHECK(error_in(room, result.gradient, numbers(golden["grad"])) <= 1);
  }
  CHECK(tried == 44);
}

TEST_CASE("losses: weights and masks reach the gradient") {
  const MeanSquaredError loss;
  const Tensor y_true = tensor_of(Json::parse("[[0,0],[0,0],[0,0]]"));
  const Tensor y_pred = tensor_of(Json::parse("[[1,1],[2,2],[4,4]]"));
  const Tensor weight = tensor_of(Json::parse("[1,2,0]"));
  const LossResult weighted = loss.evaluate(y_true, y_pred, &weight, true);
  CHECK(weighted.value == doctest::Approx(3));
  CHECK(error_in(1e-6, weighted.gradient, {1. / 3, 1. / 3, 4. / 3, 4. / 3, 0, 0}) <= 1);
  const Tensor mask = tensor_of(Json::parse("[1,0,1]"));
  const LossResult masked = loss.evaluate(y_true, y_pred, {.mask = &mask, .gradient = true});
  CHECK(masked.value == doctest::Approx(8.5));
  CHECK(error_in(1e-6, masked.gradient, {.5, .5, 0, 0, 2, 2}) <= 1);
  // What weighs nothing may even be infinite.
  const Tensor infinite = tensor_of(Json::parse("[[1,1],[2,2],[1e39,1e39]]"));
  CHECK(loss.evaluate(y_true, infinite, &weight).value == doctest::Approx(3));
  CHECK(loss.evaluate(zeros({0, 2}), zeros({0, 2})).value == 0);
}

TEST_CASE("losses: ranks that differ by one") {
  const MeanSquaredError loss;
  const Tensor column = tensor_of(Json::parse("[[1],[2]]"));
  const Tensor flat = tensor_of(Json::parse("[3,5]"));
  const LossResult result = loss.evaluate(flat, column, nullptr, true);
  CHECK(result.value == doctest::Approx(6.5));
  CHECK(shape_of(result.gradient) == Shape{2, 1});
  CHECK(loss.evaluate(column, flat).value == doctest::Approx(6.5));
  CHECK_THROWS_WITH_AS(loss.evaluate(zeros({2, 3}), zeros({2, 1})),
                       "Loss 'mean_squared_error': y_true and y_pred must have the same shape. "
                       "Received: y_true.shape=(2, 3), y_pred.shape=(2, 1)",
                       ShapeError);
  const Tensor weight = zeros({3});
  CHECK_THROWS_WITH_AS(loss.evaluate(column, column, &weight),
                       "The sample_weight of shape (3,) does not fit the loss's values of shape "
                       "(2,): each axis must have the same size, or 1 in the sample_weight.",
                       ShapeError);
}

TEST_CASE("losses: classes along another axis") {
  const Tensor p = tensor_of(Json::parse("[[[0.2,0.5,0.1],[0.8,0.5,0.9]]]"));  // (1, 2, 3)
  const Tensor labels = tensor_of(Json::parse("[[1,0,1]]"));
  const SparseCategoricalCrossentropy loss({.reduction = "sum", .axis = 1});
  const LossResult result = loss.evaluate(labels, p, nullptr, true);
  CHECK(result.value == doctest::Approx(-std::log(0.8 * 0.5 * 0.9)));
  CHECK(error_in(1e-5, result.gradient, {1, -1, 1, 1 - 1 / 0.8, 1, 1 - 1 / 0.9}) <= 1);
  CHECK_THROWS_AS(loss.evaluate(zeros({1, 2}), p), ShapeError);
  const Tensor wrong = tensor_of(Json::parse("[[1,2,1]]"));
  CHECK_THROWS_WITH_AS(loss.evaluate(wrong, p),
                       "Loss 'sparse_categorical_crossentropy': Received a label value of 2 which "
                       "is outside the valid range of [0, 2).",
                       ValueError);
}

TEST_CASE("losses: saturated predictions stay finite") {
  const Tensor zero_one = tensor_of(Json::parse("[[0,1]]"));
  const Tensor one_zero = tensor_of(Json::parse("[[1,0]]"));
  CHECK(CategoricalCrossentropy().evaluate(zero_one, one_zero).value ==
        doctest::Approx(-std::log(1e-7)));
  const Tensor logits = tensor_of(Json::parse("[[300,-300]]"));
  const LossResult result =
      CategoricalCrossentropy({.from_logits = true}).evaluate(zero_one, logits, nullptr, true);
  CHECK(result.value == doctest::Approx(600));
  CHECK(error_in(1e-6, result.gradient, {1, -1}) <= 1);
  CHECK(BinaryCrossentropy({.from_logits = true}).evaluate(zero_one, logits).value ==
        doctest::Approx(300));
}

TEST_CASE("losses: labels come out of steps") {
  const CTC loss({.reduction = "sum"});
  // One label in two steps of equal chances: 1 twice, 1 then nothing, nothing then 1: 3 of 9.
  const Tensor even = zeros({1, 2, 3});
  const Tensor one = tensor_of(Json::parse("[[1,0,0]]"));
  CHECK(loss.evaluate(one, even).value == doctest::Approx(std::log(3)));
  // Nothing twice.
  CHECK(loss.evaluate(zeros({1, 3}), even).value == doctest::Approx(std::log(9)));
  // The same label twice takes three steps.
  const LossResult never = loss.evaluate(tensor_of(Json::parse("[[1,1]]")), even, nullptr, true);
  CHECK(std::isinf(never.value));
  CHECK(never.gradient == zeros({1, 2, 3}));
  CHECK_THROWS_WITH_AS(loss.evaluate(tensor_of(Json::parse("[[1,3]]")), even),
                       "Received a label value of 3 which is outside the valid range of [1, 3) in "
                       "loss 'ctc'; 0 stands behind the labels only",
                       ValueError);
  CHECK_THROWS_AS(loss.evaluate(tensor_of(Json::parse("[[0,1]]")), even), ValueError);
  CHECK_THROWS_WITH_AS(loss.evaluate(one, zeros({2, 2, 3})),
                       "Targets `y_true` are expected to be a tensor of shape `(batch_size, "
                       "max_length)`, predictions `y_pred` of shape `(batch_size, max_length, "
                       "num_classes)`. Received: y_true.shape=(1, 3), y_pred.shape=(2, 2, 3) in "
                       "loss 'ctc'",
                       ShapeError);
}

TEST_CASE("losses: samples without a pair do not count for circles") {
  const Tensor embeddings = tensor_of(Json::parse("[[1,0],[0.8,0.6],[0,1]]"));
  const Circle loss({.gamma = 2});
  const LossResult all =
      loss.evaluate(tensor_of(Json::parse("[0,0,1]")), embeddings, nullptr, true);
  const Tensor values = loss.values(tensor_of(Json::parse("[0,0,1]")), embeddings);
  CHECK(values.data()[2] == 0);
  CHECK(all.value == doctest::Approx(double{values.data()[0] + values.data()[1]} / 2));
  CHECK(loss.evaluate(tensor_of(Json::parse("[0,1,2]")), embeddings).value == 0);
  CHECK_THROWS_WITH_AS(loss.evaluate(zeros({2}), embeddings),
                       "Loss 'circle': y_true must be labels (batch), y_pred embeddings (batch, "
                       "n). Received: y_true.shape=(2,), y_pred.shape=(3, 2)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(CategoricalGeneralizedCrossEntropy({.q = 1}),
                       "q must be in the interval (0, 1). Received: q=1", ValueError);
  CHECK_THROWS_AS(CategoricalGeneralizedCrossEntropy().evaluate(zeros({3, 2}), embeddings),
                  ShapeError);
}

TEST_CASE("losses: the same bits at any number of threads") {
  const Tensor y_true = full({20000, 3}, real(0.3));
  Tensor y_pred = zeros({20000, 3});
  for (std::size_t i = 0; i < y_pred.size(); ++i)
    y_pred.data()[i] = static_cast<real>(std::sin(static_cast<double>(i)));
  const int before = num_threads();
  set_num_threads(1);
  const LossResult one = LogCosh().evaluate(y_true, y_pred, nullptr, true);
  set_num_threads(3);
  const LossResult three = LogCosh().evaluate(y_true, y_pred, nullptr, true);
  set_num_threads(before);
  CHECK(one.value == three.value);
  CHECK(one.gradient == three.gradient);
}

TEST_CASE("losses: names and refusals") {
  for (const char* name : {"mse",
                           "MAE",
                           "mape",
                           "msle",
                           "bce",
                           "kld",
                           "huber",
                           "hinge",
                           "categorical_crossentropy",
                           "sparse_categorical_crossentropy",
                           "cosine_similarity",
                           "log_cosh",
                           "poisson",
                           "dice",
                           "tversky",
                           "circle",
                           "ctc",
                           "categorical_generalized_cross_entropy",
                           "squared_hinge",
                           "binary_focal_crossentropy",
                           "categorical_focal_crossentropy",
                           "kl_divergence"}) {
    CAPTURE(name);
    CHECK(Spec<Loss>(name));
  }
  CHECK(Spec<Loss>("mse")->name() == "mean_squared_error");
  CHECK(MeanSquaredError({.name = "mine"}).name() == "mine");
  CHECK_THROWS_WITH_AS(Spec<Loss>("nope"), "Could not interpret loss identifier: nope", ValueError);
  CHECK_THROWS_WITH_AS(
      MeanSquaredError({.reduction = "average"}),
      "Invalid value for argument `reduction`. Expected one of {'sum_over_batch_size', 'sum', "
      "'mean', 'mean_with_sample_weight', 'none'}. Received: reduction=average",
      ValueError);
  CHECK(Reduction("auto").name() == "sum_over_batch_size");
}

}  // namespace
}  // namespace keratin::inline KERATIN_VARIANT::losses
