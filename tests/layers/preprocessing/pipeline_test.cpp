#include "../../../layers/preprocessing/pipeline.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../layers/preprocessing/image/random_flip.hpp"
#include "../../../layers/preprocessing/image/resizing.hpp"
#include "../../../layers/preprocessing/rescaling.hpp"
#include "../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;

TEST_CASE("Pipeline calls its layers one after the other") {
  const auto made = [] {
    return Pipeline({.layers = {Rescaling({.scale = 2, .offset = 1}), RandomFlip({.seed = 1}),
                                Resizing({.height = 3, .width = 2})}});
  };
  testing::check_layers({
      {"Pipeline", made(), {{2, 4, 5, 3}}},
      {"Pipeline in training", made(), {{4, 4, 5, 3}}, {.training = true}},
  });
  const Tensor x = testing::noise({1, 4, 5, 3}, 1);
  CHECK(made()(x) == Resizing({.height = 3, .width = 2})(Rescaling({.scale = 2, .offset = 1})(x)));
  const Json config = Pipeline({.layers = {Rescaling()}}, {.name = "p"})->get_config();
  CHECK(config["layers"][0]["class_name"] == "Rescaling");
  CHECK(config.size() == 2);
  CHECK_THROWS_WITH_AS(Pipeline({}, {.name = "p"}),
                       "Layer 'p' (Pipeline): `layers` must hold at least one layer. Received: "
                       "layers=[]",
                       ValueError);
}
