#include <string>

#include <doctest/doctest.h>

#include "../../../framework/regularizers/l1_l2.hpp"
#include "../../../framework/regularizers/orthogonal.hpp"
#include "../../../framework/serialization.hpp"
#include "../../support/golden_json.hpp"

namespace keratin::inline KERATIN_VARIANT::regularizers {
namespace {

using namespace testing;

TEST_CASE("regularizers: Keras's values, gradients and configs") {
  const Json golden = golden_json("training/regularizers_constraints.json");
  for (const Json& entry : golden["regularizers"]) {
    CAPTURE(entry["config"].dump());
    const auto regularizer = deserialize<const Regularizer>(entry["config"]);
    CHECK(serialize(*regularizer).dump() == entry["config"].dump());
    const Json& weight = golden["weights"][entry["weight"].get<std::size_t>()];
    const Tensor x = tensor_of(weight["data"], weight["shape"].get<Shape>());
    CHECK((*regularizer)(x) == doctest::Approx(entry["value"].get<double>()).epsilon(1e-7));
    Tensor gradient = full(shape_of(x), 1);
    regularizer->add_gradient(x, 2, gradient);
    auto expected = numbers(entry["grad"]);
    for (double& value : expected) value = 1 + 2 * value;
    CHECK(error_in(golden_tolerance, gradient, expected) <= 1);
  }
}

TEST_CASE("regularizers: names, float32 factors and refusals") {
  CHECK(serialize(*Spec<Regularizer>("l2"))["config"].dump() == R"({"l2":0.01})");
  CHECK(Spec<Regularizer>("l1_l2")->class_name() == "L1L2");
  CHECK(L1({.l1 = 0.1}).get_config().dump() == R"({"l1":0.10000000149011612})");
  CHECK(L2({.l2 = 0.1}).get_config().dump() == R"({"l2":0.1})");
  CHECK_THROWS_WITH_AS(
      L1({.l1 = -1}),
      "Invalid value for argument l1: expected a non-negative float. Received: l1=-1", ValueError);
  CHECK_THROWS_AS(L1L2({.l2 = -1}), ValueError);
  CHECK_THROWS_AS(OrthogonalRegularizer({.mode = "diagonal"}), ValueError);
  CHECK_THROWS_WITH_AS(OrthogonalRegularizer()(zeros({2, 2, 2})),
                       "Inputs to OrthogonalRegularizer must have rank 2. Received: "
                       "inputs.shape=(2, 2, 2)",
                       ValueError);
  CHECK(OrthogonalRegularizer()(zeros({2, 3})) == 0);
}

}  // namespace
}  // namespace keratin::inline KERATIN_VARIANT::regularizers
