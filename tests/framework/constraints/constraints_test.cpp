#include <string>

#include <doctest/doctest.h>

#include "../../../framework/constraints/non_neg.hpp"
#include "../../../framework/constraints/norms.hpp"
#include "../../../framework/serialization.hpp"
#include "../../support/golden_json.hpp"

namespace keratin::inline KERATIN_VARIANT::constraints {
namespace {

using namespace testing;

TEST_CASE("constraints: Keras's results and configs") {
  const Json golden = golden_json("training/regularizers_constraints.json");
  for (const Json& entry : golden["constraints"]) {
    CAPTURE(entry["config"].dump());
    const auto constraint = deserialize<const Constraint>(entry["config"]);
    CHECK(serialize(*constraint).dump() == entry["config"].dump());
    const Json& weight = golden["weights"][entry["weight"].get<std::size_t>()];
    Tensor x = tensor_of(weight["data"], weight["shape"].get<Shape>());
    constraint->apply(x);
    CHECK(error_in(golden_tolerance, x, numbers(entry["after"])) <= 1);
  }
}

TEST_CASE("constraints: names, defaults and refusals") {
  CHECK(serialize(*Spec<Constraint>("max_norm"))["config"].dump() == R"({"max_value":2,"axis":0})");
  CHECK(Spec<Constraint>("non_neg")->class_name() == "NonNeg");
  CHECK(MaxNorm({.max_value = 1.0, .axis = {0, 1}}).get_config().dump() ==
        R"({"max_value":1.0,"axis":[0,1]})");
  Tensor x = zeros({2, 3});
  CHECK_THROWS_WITH_AS(MaxNorm({.axis = 2}).apply(x),
                       "MaxNorm: axis 2 is out of bounds for array of dimension 2", ValueError);
  UnitNorm({.axis = -1}).apply(x);
  CHECK(x == zeros({2, 3}));
  Tensor nothing = zeros({0, 3});
  UnitNorm().apply(nothing);
}

}  // namespace
}  // namespace keratin::inline KERATIN_VARIANT::constraints
