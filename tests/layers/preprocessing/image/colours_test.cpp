// The layers that change colours.
#include <cmath>

#include <doctest/doctest.h>

#include "../../../../layers/preprocessing/image/random_brightness.hpp"
#include "../../../../layers/preprocessing/image/random_color_degeneration.hpp"
#include "../../../../layers/preprocessing/image/random_color_jitter.hpp"
#include "../../../../layers/preprocessing/image/random_contrast.hpp"
#include "../../../../layers/preprocessing/image/random_gaussian_blur.hpp"
#include "../../../../layers/preprocessing/image/random_grayscale.hpp"
#include "../../../../layers/preprocessing/image/random_hue.hpp"
#include "../../../../layers/preprocessing/image/random_invert.hpp"
#include "../../../../layers/preprocessing/image/random_posterization.hpp"
#include "../../../../layers/preprocessing/image/random_saturation.hpp"
#include "../../../../layers/preprocessing/image/random_sharpness.hpp"
#include "../../../support/check_layers.hpp"
#include "../../../support/filled.hpp"
#include "image_support.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::in_training;

namespace {

constexpr double tolerance = 1e-5;

Tensor pixel(double r, double g, double b) { return testing::filled({1, 1, 1, 3}, {r, g, b}); }

}  // namespace

TEST_CASE("layers that change colours") {
  const testing::LayerCase::Options pixels{.training = true, .low = 0, .high = 255};
  const DataFormat first = DataFormat::channels_first;
  testing::check_layers({
      {"RandomBrightness", RandomBrightness({.factor = 0.5, .seed = 1}), {{2, 3, 4, 3}}},
      {"RandomBrightness in training",
       RandomBrightness({.factor = 0.5, .seed = 1}),
       {{3, 3, 4, 3}},
       pixels},
      {"RandomContrast in training",
       RandomContrast({.factor = {0.5, 1}, .seed = 1}),
       {{3, 3, 4, 3}},
       pixels},
      {"RandomContrast, channels first",
       RandomContrast({.factor = 1, .seed = 1, .data_format = first}),
       {{3, 2, 4, 5}},
       pixels},
      {"RandomInvert", RandomInvert({.factor = {0.5, 0.5}, .seed = 1}), {{6, 2, 2, 1}}, pixels},
      {"RandomHue", RandomHue({.factor = 1, .seed = 1}), {{3, 3, 4, 3}}, pixels},
      {"RandomHue, channels first",
       RandomHue({.factor = 1, .value_range = {0, 255}, .data_format = first, .seed = 1}),
       {{2, 3, 4, 2}},
       pixels},
      {"RandomSaturation",
       RandomSaturation({.factor = {0.1, 0.45}, .seed = 1}),
       {{3, 3, 4, 3}},
       pixels},
      {"RandomColorDegeneration",
       RandomColorDegeneration({.factor = {0.2, 0.9}, .seed = 1}),
       {{3, 3, 4, 3}},
       pixels},
      {"RandomColorDegeneration, one channel",
       RandomColorDegeneration({.factor = {0.2, 0.9}, .seed = 1}),
       {{3, 3, 4, 1}},
       pixels},
      {"RandomGrayscale", RandomGrayscale({.factor = 0.5, .seed = 1}), {{6, 2, 2, 3}}, pixels},
      {"RandomSharpness", RandomSharpness({.factor = 1, .seed = 1}), {{3, 4, 5, 2}}, pixels},
      {"RandomSharpness, channels first",
       RandomSharpness({.factor = 1, .data_format = first, .seed = 1}),
       {{3, 2, 4, 5}},
       pixels},
      {"RandomGaussianBlur",
       RandomGaussianBlur(
           {.factor = {0.5, 1}, .kernel_size = {5, 3}, .sigma = {0.5, 1}, .seed = 1}),
       {{4, 5, 6, 2}},
       pixels},
      {"RandomPosterization outside training",
       RandomPosterization({.factor = 4, .seed = 1}),
       {{2, 3, 4, 3}}},
      {"RandomColorJitter",
       RandomColorJitter({.brightness_factor = 0.2,
                          .contrast_factor = 0.5,
                          .saturation_factor = Numbers{0.2, 0.4},
                          .hue_factor = 0.5,
                          .seed = 1}),
       {{3, 3, 4, 3}},
       pixels},
      {"single images", RandomBrightness({.factor = 0.5, .seed = 1}), {{3, 4, 3}}},
  });
}

TEST_CASE("Brightness adds a part of the value range, contrast moves from the mean") {
  CHECK(in_training(RandomBrightness({.factor = {0.5, 0.5}}), pixel(0, 100, 200)) ==
        pixel(127.5, 227.5, 255));
  CHECK(in_training(RandomBrightness({.factor = {-0.5, -0.5}, .value_range = {0, 1}}),
                    pixel(0.25, 0.75, 1)) == pixel(0, 0.25, 0.5));
  const Tensor x = testing::filled({2, 1, 4, 1}, {100, 110, 120, 130, 50, 60, 70, 80});
  const Tensor y = in_training(RandomContrast({.factor = {0.9, 0.9}, .seed = 1}), x);
  for (std::size_t i = 0; i < 2; ++i) {
    const double mean = i == 0 ? 115 : 65;
    const double factor = (double{y(i, 0, 3, 0)} - mean) / 15;
    CHECK(factor >= 0.1 - tolerance);
    CHECK(factor <= 1.9 + tolerance);
    for (std::size_t k = 0; k < 4; ++k)
      CHECK(double{y(i, 0, k, 0)} ==
            doctest::Approx((double{x(i, 0, k, 0)} - mean) * factor + mean).epsilon(1e-4));
  }
  CHECK(y(0, 0, 3, 0) - 115 != y(1, 0, 3, 0) - 65);
}

TEST_CASE("Colours are inverted and lose bits") {
  CHECK(in_training(RandomInvert({.factor = {1, 1}}), pixel(0, 100, 255)) == pixel(255, 155, 0));
  CHECK(in_training(RandomInvert({.factor = {0, 0}}), pixel(0, 100, 255)) == pixel(0, 100, 255));
  CHECK(in_training(RandomPosterization({.factor = {3, 3}}), pixel(31, 100, 255)) ==
        pixel(0, 96, 224));
  // Of 1 to below 2, one bit remains.
  CHECK(in_training(RandomPosterization({.factor = 2}), pixel(31, 129, 255)) == pixel(0, 128, 128));
  // Many images, few of them inverted by the same draw.
  const Tensor inverted =
      in_training(RandomInvert({.factor = {0.5, 0.5}, .seed = 1}), zeros({200, 1, 1, 1}));
  const auto count = std::count(inverted.begin(), inverted.end(), real(255));
  CHECK(count > 60);
  CHECK(count < 140);
}

TEST_CASE("Hues turn and saturations change") {
  // Half a circle, in either direction.
  testing::check_close(in_training(RandomHue({.factor = {1, 1}}), pixel(255, 0, 0)),
                       pixel(0, 255, 255), tolerance);
  testing::check_close(in_training(RandomHue({.factor = {0, 0}}), pixel(20, 170, 90)),
                       pixel(20, 170, 90), tolerance);
  // A third of a circle is red to green or to blue.
  const Tensor turned =
      in_training(RandomHue({.factor = {2 / 3.0, 2 / 3.0}, .value_range = {0, 1}}), pixel(1, 0, 0));
  CHECK(double{turned(0, 0, 0, 0)} < tolerance);
  CHECK(double{turned(0, 0, 0, 1)} + double{turned(0, 0, 0, 2)} == doctest::Approx(1));
  testing::check_close(in_training(RandomSaturation({.factor = {0.5, 0.5}}), pixel(20, 170, 90)),
                       pixel(20, 170, 90), tolerance);
  testing::check_close(in_training(RandomSaturation({.factor = {0, 0}}), pixel(20, 170, 90)),
                       pixel(170, 170, 170), tolerance);
  // f / (1 - f) = 1/3 of the saturation: colours come that much closer to the greatest.
  testing::check_close(in_training(RandomSaturation({.factor = {0.25, 0.25}}), pixel(20, 170, 90)),
                       pixel(120, 170, 170 - 80 / 3.0), tolerance);
}

TEST_CASE("Images become grey") {
  const double grey = 0.2989 * 10 + 0.587 * 20 + 0.114 * 30;
  testing::check_close(in_training(RandomGrayscale({.factor = 1}), pixel(10, 20, 30)),
                       pixel(grey, grey, grey), tolerance);
  CHECK(in_training(RandomGrayscale({.factor = 0}), pixel(10, 20, 30)) == pixel(10, 20, 30));
  testing::check_close(
      in_training(RandomColorDegeneration({.factor = {0.5, 0.5}}), pixel(10, 20, 30)),
      pixel((10 + grey) / 2, (20 + grey) / 2, (30 + grey) / 2), tolerance);
}

TEST_CASE("Images are blurred and sharpened") {
  Tensor dot = zeros({1, 3, 3, 1});
  dot(0, 1, 1, 0) = 130;
  const RandomSharpness blurring({.factor = {0, 0}});
  testing::check_close(in_training(blurring, dot),
                       testing::filled({1, 3, 3, 1}, {10, 10, 10, 10, 50, 10, 10, 10, 10}),
                       tolerance);
  CHECK(in_training(RandomSharpness({.factor = {0.5, 0.5}}), dot) == dot);
  // Twice the image less the blurred one, within the range.
  testing::check_close(in_training(RandomSharpness({.factor = {1, 1}}), dot),
                       testing::filled({1, 3, 3, 1}, {0, 0, 0, 0, 210, 0, 0, 0, 0}), tolerance);
  const double side = std::exp(-0.5), sum = 1 + 2 * side;
  const double corner = 130 * side * side / (sum * sum), edge = 130 * side / (sum * sum);
  testing::check_close(in_training(RandomGaussianBlur({.factor = {1, 1}, .sigma = {1, 1}}), dot),
                       testing::filled({1, 3, 3, 1}, {corner, edge, corner, edge, 130 / (sum * sum),
                                                      edge, corner, edge, corner}),
                       tolerance);
  CHECK(in_training(RandomGaussianBlur({.factor = {0, 0}}), dot) == dot);
}

TEST_CASE("RandomColorJitter is its parts") {
  const Tensor x = testing::noise({2, 2, 2, 3}, 1, 100, 150);
  CHECK(in_training(RandomColorJitter(), x) == x);
  const Tensor brighter = in_training(
      RandomColorJitter({.brightness_factor = Numbers{0.1, 0.1}, .hue_factor = Numbers{0, 0}}), x);
  Tensor expected = x;
  for (real& colour : expected) colour += real(25.5);
  testing::check_close(brighter, expected, tolerance);
}

TEST_CASE("layers that change colours write their arguments in Keras's order") {
  using testing::own_arguments;
  CHECK(own_arguments(RandomContrast({.factor = 0.2, .seed = 3})) ==
        R"({"data_format":"channels_last","factor":[0,0.2],"value_range":[0,255],"seed":3})");
  CHECK(own_arguments(RandomBrightness({.factor = 1})) ==
        R"({"data_format":"channels_last","factor":[-1,1],"value_range":[0,255],"seed":null})");
  CHECK(own_arguments(RandomPosterization({.factor = 4})) ==
        R"({"data_format":"channels_last","factor":[1,4],"value_range":[0,255],"seed":null})");
  CHECK(own_arguments(RandomGrayscale({.seed = 1})) ==
        R"({"data_format":"channels_last","factor":0.5})");
  CHECK(own_arguments(RandomGaussianBlur()) ==
        R"({"data_format":"channels_last","factor":[0,1.0],"kernel_size":[3,3],"sigma":[0,1.0],)"
        R"("value_range":[0,255],"seed":null})");
  CHECK(own_arguments(RandomColorJitter({.contrast_factor = 0.5})) ==
        R"({"data_format":"channels_last","value_range":[0,255],"brightness_factor":null,)"
        R"("contrast_factor":0.5,"saturation_factor":null,"hue_factor":null,"seed":null})");
}

TEST_CASE("layers that change colours refuse wrong use in Keras's words") {
  CHECK_THROWS_WITH_AS(RandomContrast({.factor = -0.5}, {.name = "c"}),
                       "Layer 'c' (RandomContrast): The `factor` argument should be a number (or a "
                       "list of two numbers) in the range [0, 1]. Received: factor=-0.5",
                       ValueError);
  CHECK_THROWS_WITH_AS(RandomPosterization({.factor = {2, 2.5}}, {.name = "p"}),
                       "Layer 'p' (RandomPosterization): `factor` must be whole numbers from 1 to "
                       "8. Received: factor=(2, 2.5)",
                       ValueError);
  CHECK_THROWS_WITH_AS(RandomGrayscale({.factor = 2}, {.name = "g"}),
                       "Layer 'g' (RandomGrayscale): `factor` should be between 0 and 1. Received: "
                       "factor=2",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      RandomGaussianBlur({.kernel_size = 4}, {.name = "b"}),
      "Layer 'b' (RandomGaussianBlur): kernel_size must be an odd number. Received: "
      "kernel_size=(4, 4)",
      ValueError);
  CHECK_THROWS_WITH_AS(RandomHue({.value_range = {1, 2, 3}}, {.name = "h"}),
                       "Layer 'h' (RandomHue): The `value_range` argument should be a list of two "
                       "numbers. Received: value_range=(1, 2, 3)",
                       ValueError);
  CHECK_THROWS_WITH_AS(in_training(RandomHue({}, {.name = "h"}), zeros({1, 2, 2, 4})),
                       "Layer 'h' (RandomHue): Invalid channel size: expected 3 (RGB). Received: "
                       "channels=4",
                       ShapeError);
  CHECK_THROWS_WITH_AS(in_training(RandomGrayscale({}, {.name = "g"}), zeros({1, 2, 2, 2})),
                       "Layer 'g' (RandomGrayscale): Invalid channel size: expected 3 (RGB) or 1 "
                       "(Grayscale). Received: channels=2",
                       ShapeError);
  CHECK_THROWS_WITH_AS(RandomColorJitter({.contrast_factor = 2}, {.name = "j"}),
                       "Layer 'j' (RandomContrast): The `factor` argument should be a number (or a "
                       "list of two numbers) in the range [0, 1]. Received: factor=2",
                       ValueError);
}
