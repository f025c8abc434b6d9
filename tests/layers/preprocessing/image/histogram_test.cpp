#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../../layers/preprocessing/image/auto_contrast.hpp"
#include "../../../../layers/preprocessing/image/equalization.hpp"
#include "../../../../layers/preprocessing/image/solarization.hpp"
#include "../../../support/check_layers.hpp"
#include "../../../support/filled.hpp"
#include "image_support.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::in_training;

TEST_CASE("layers that stretch, equalize and invert colours") {
  const testing::LayerCase::Options pixels{.low = 0, .high = 255};
  const testing::LayerCase::Options training{.training = true, .low = 0, .high = 255};
  testing::check_layers({
      {"AutoContrast", AutoContrast(), {{2, 4, 5, 3}}, pixels},
      {"AutoContrast in training", AutoContrast(), {{2, 4, 5, 3}}, training},
      {"AutoContrast, other range", AutoContrast({.value_range = {1.0, -1.0}}), {{2, 3, 3, 2}}},
      {"Equalization", Equalization(), {{2, 4, 5, 3}}, pixels},
      {"Equalization in training", Equalization({.bins = 8}), {{2, 4, 5, 3}}, training},
      {"Solarization", Solarization({.seed = 1}), {{2, 4, 5, 3}}, pixels},
      {"Solarization in training",
       Solarization({.addition_factor = 0.2, .threshold_factor = {0.3, 0.6}, .seed = 1}),
       {{3, 4, 5, 3}},
       training},
  });
}

TEST_CASE("AutoContrast stretches each channel of each image") {
  const Tensor x = testing::filled({2, 1, 3, 1}, {10, 20, 30, 100, 100, 150});
  CHECK(AutoContrast()(x) == testing::filled({2, 1, 3, 1}, {0, 127.5, 255, 0, 0, 255}));
  // One colour stays what it is.
  CHECK(AutoContrast()(full({1, 2, 2, 1}, 7)) == full({1, 2, 2, 1}, 7));
}

TEST_CASE("Equalization spreads what is frequent, in training") {
  const Tensor x = testing::filled({1, 1, 4, 1}, {10, 10, 20, 200});
  CHECK(Equalization()(x) == x);
  // Of the three beyond the two least, one is at most 20 and both at most 200.
  CHECK(in_training(Equalization(), x) == testing::filled({1, 1, 4, 1}, {0, 0, 128, 255}));
  CHECK(in_training(Equalization(), full({1, 2, 2, 1}, 7)) == full({1, 2, 2, 1}, 7));
  const Tensor first = testing::filled({1, 2, 1, 2}, {10, 200, 5, 5});
  CHECK(in_training(Equalization({.data_format = "channels_first"}), first) ==
        testing::filled({1, 2, 1, 2}, {0, 255, 5, 5}));
}

TEST_CASE("Solarization inverts from the threshold on, in training") {
  const Tensor x = testing::filled({1, 1, 4, 1}, {0, 100, 128, 255});
  const Solarization all({.seed = 1});
  CHECK(all(x) == x);
  CHECK(in_training(all, x) == testing::filled({1, 1, 4, 1}, {255, 155, 127, 0}));
  // With a range of one point a threshold is certain: 0.5 of 255, but the lower end is a 255th.
  const Tensor bright = testing::filled({1, 1, 4, 1}, {0, 100, 128, 255});
  const Tensor y = in_training(Solarization({.threshold_factor = 0.5, .seed = 1}), bright);
  CHECK(y(0, 0, 0, 0) == 0);
  CHECK(y(0, 0, 2, 0) == 127);
  const Tensor unit = testing::filled({1, 1, 2, 1}, {0.25, 1});
  CHECK(in_training(Solarization({.value_range = {0, 1}, .seed = 1}), unit) ==
        testing::filled({1, 1, 2, 1}, {0.75, 0}));
}

TEST_CASE("layers over colours write their arguments as Keras does") {
  CHECK(testing::own_arguments(Solarization({.threshold_factor = 0.5})) ==
        R"({"data_format":"channels_last","value_range":[0,255],"addition_factor":[0,0.0],)"
        R"("threshold_factor":[0,0.5],"seed":null})");
  CHECK(testing::own_arguments(Equalization()) ==
        R"({"data_format":"channels_last","bins":256,"value_range":[0,255]})");
}

TEST_CASE("layers over colours refuse wrong use in Keras's words") {
  CHECK_THROWS_WITH_AS(AutoContrast({.value_range = {1}}, {.name = "a"}),
                       "Layer 'a' (AutoContrast): The `value_range` argument should be a list of "
                       "two numbers. Received: value_range=(1,)",
                       ValueError);
  CHECK_THROWS_WITH_AS(Equalization({.bins = 1}, {.name = "e"}),
                       "Layer 'e' (Equalization): `bins` must be at least 2. Received: bins=1",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      Solarization({.addition_factor = 1.5}, {.name = "s"}),
      "Layer 's' (Solarization): The `addition_factor` and `threshold_factor` arguments should be "
      "a number (or a list of two numbers) in the range [0, 1]. Received: input_number=1.5",
      ValueError);
  CHECK_THROWS_WITH_AS(
      Solarization({.threshold_factor = {0, 0.5, 1}}, {.name = "s"}),
      "Layer 's' (Solarization): The `addition_factor` and `threshold_factor` arguments should be "
      "a number (or a list of two numbers) in the range [0, 1]. Received: threshold_factor=(0, "
      "0.5, 1)",
      ValueError);
}
