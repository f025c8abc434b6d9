// The layers that move pixels.
#include <cmath>
#include <functional>

#include <doctest/doctest.h>

#include "../../../../layers/preprocessing/image/random_elastic_transform.hpp"
#include "../../../../layers/preprocessing/image/random_perspective.hpp"
#include "../../../../layers/preprocessing/image/random_rotation.hpp"
#include "../../../../layers/preprocessing/image/random_shear.hpp"
#include "../../../../layers/preprocessing/image/random_translation.hpp"
#include "../../../../layers/preprocessing/image/random_zoom.hpp"
#include "../../../support/check_layers.hpp"
#include "../../../support/filled.hpp"
#include "image_support.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::in_training;

namespace {

const testing::LayerCase::Options training{.training = true};

/// A row of four pixels moved to the right by two.
Tensor moved_by_two(const char* fill_mode) {
  return in_training(RandomTranslation({.height_factor = {0, 0},
                                        .width_factor = {0.5, 0.5},
                                        .fill_mode = fill_mode,
                                        .fill_value = 9}),
                     testing::filled({1, 1, 4, 1}, {1, 2, 3, 4}));
}

/// The place of the original that a place beyond the border shows, found by walking there; -1 for
/// the fill value.
int walked(int place, int size, const std::string& mode) {
  if (place >= 0 && place < size) return place;
  if (mode == "constant") return -1;
  if (mode == "nearest") return place < 0 ? 0 : size - 1;
  if (mode == "wrap") {
    while (place < 0) place += size;
    while (place >= size) place -= size;
    return place;
  }
  // "reflect": the step over the border shows the last pixel again.
  int at = place < 0 ? 0 : size - 1, direction = place < 0 ? 1 : -1;
  for (int left = (place < 0 ? -place : place - size + 1) - 1; left > 0; --left) {
    if (at + direction < 0 || at + direction >= size) {
      direction = -direction;
    } else {
      at += direction;
    }
  }
  return at;
}

/// The definition: each pixel of the output read from its place between four pixels.
Tensor plainly_projected(const Tensor& images, const std::vector<Projection>& projections,
                         const std::string& mode, double fill) {
  Tensor output = empty(shape_of(images));
  const int height = static_cast<int>(images.shape(1)), width = static_cast<int>(images.shape(2));
  for (std::size_t b = 0; b < images.shape(0); ++b) {
    const Projection& t = projections[b];
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const double sx = t[0] * x + t[1] * y + t[2], sy = t[3] * x + t[4] * y + t[5];
        const int left = static_cast<int>(std::floor(sx)), top = static_cast<int>(std::floor(sy));
        for (std::size_t c = 0; c < images.shape(3); ++c) {
          const auto pixel = [&](int py, int px) {
            const int iy = walked(py, height, mode), ix = walked(px, width, mode);
            return iy < 0 || ix < 0 ? fill : static_cast<double>(images(b, iy, ix, c));
          };
          const double right_part = sx - left, lower_part = sy - top;
          const double upper =
              (1 - right_part) * pixel(top, left) + right_part * pixel(top, left + 1);
          const double lower =
              (1 - right_part) * pixel(top + 1, left) + right_part * pixel(top + 1, left + 1);
          output(b, y, x, c) = static_cast<real>((1 - lower_part) * upper + lower_part * lower);
        }
      }
    }
  }
  return output;
}

}  // namespace

TEST_CASE("layers that move pixels") {
  testing::check_layers({
      {"RandomRotation", RandomRotation({.factor = 0.3, .seed = 1}), {{2, 5, 4, 3}}},
      {"RandomRotation in training",
       RandomRotation({.factor = 0.3, .seed = 1}),
       {{3, 5, 4, 3}},
       training},
      {"RandomRotation, nearest",
       RandomRotation({.factor = 0.3, .fill_mode = "wrap", .interpolation = "nearest", .seed = 2}),
       {{2, 5, 6, 1}},
       training},
      {"RandomZoom",
       RandomZoom({.height_factor = 0.4,
                   .width_factor = Numbers{0.1, 0.5},
                   .fill_mode = "nearest",
                   .seed = 1}),
       {{3, 4, 5, 2}},
       training},
      {"RandomZoom, one factor",
       RandomZoom({.height_factor = 0.4, .fill_mode = "constant", .seed = 1, .fill_value = 0.5}),
       {{3, 4, 5, 2}},
       training},
      {"RandomTranslation, channels first",
       RandomTranslation({.height_factor = 0.4,
                          .width_factor = 0.3,
                          .seed = 1,
                          .data_format = DataFormat::channels_first}),
       {{3, 2, 4, 5}},
       training},
      {"RandomShear",
       RandomShear({.x_factor = 0.5, .y_factor = {0.1, 0.4}, .seed = 1}),
       {{3, 4, 5, 2}},
       training},
      {"RandomPerspective", RandomPerspective({.scale = 0.5, .seed = 1}), {{3, 4, 5, 2}}, training},
      {"RandomElasticTransform",
       RandomElasticTransform({.scale = {0.8, 1.0}, .value_range = {-0.9, 0.9}, .seed = 1}),
       {{3, 21, 22, 2}},
       training},
      {"of nothing", RandomRotation({.factor = 0.3, .seed = 1}), {{0, 5, 4, 3}}, training},
      {"of one pixel", RandomZoom({.height_factor = 0.3, .seed = 1}), {{2, 1, 1, 3}}, training},
  });
}

TEST_CASE("Pixels beyond the border are those of the fill mode") {
  CHECK(moved_by_two("reflect") == testing::filled({1, 1, 4, 1}, {2, 1, 1, 2}));
  CHECK(moved_by_two("wrap") == testing::filled({1, 1, 4, 1}, {3, 4, 1, 2}));
  CHECK(moved_by_two("nearest") == testing::filled({1, 1, 4, 1}, {1, 1, 1, 2}));
  CHECK(moved_by_two("constant") == testing::filled({1, 1, 4, 1}, {9, 9, 1, 2}));
}

TEST_CASE("Rotation by a quarter turns counter-clockwise") {
  const RandomRotation quarter({.factor = {0.25, 0.25}});
  testing::check_close(
      in_training(quarter, testing::filled({1, 3, 3, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9})),
      testing::filled({1, 3, 3, 1}, {3, 6, 9, 2, 5, 8, 1, 4, 7}), 1e-6);
  const Tensor single = testing::filled({2, 2, 1}, {1, 2, 3, 4});
  testing::check_close(in_training(quarter, single), testing::filled({2, 2, 1}, {2, 4, 1, 3}),
                       1e-6);
}

TEST_CASE("Zoom and shear by hand") {
  const RandomZoom zoom({.height_factor = {0, 0}, .width_factor = Numbers{-0.5, -0.5}});
  CHECK(in_training(zoom, testing::filled({1, 1, 5, 1}, {0, 10, 20, 30, 40})) ==
        testing::filled({1, 1, 5, 1}, {10, 15, 20, 25, 30}));
  // The second row is read one pixel to the right or to the left.
  const RandomShear shear({.x_factor = {1, 1}, .fill_mode = "nearest"});
  const Tensor sheared = in_training(shear, testing::filled({1, 2, 3, 1}, {1, 2, 3, 4, 5, 6}));
  const bool right = sheared == testing::filled({1, 2, 3, 1}, {1, 2, 3, 5, 6, 6});
  const bool left = sheared == testing::filled({1, 2, 3, 1}, {1, 2, 3, 4, 4, 5});
  CHECK((right || left));
}

TEST_CASE("Projected images are what the definition gives, each by its own draw") {
  const Tensor images = testing::noise({3, 6, 7, 2}, 3);
  const Random random(5, 7);
  for (const char* mode : {"reflect", "wrap", "constant", "nearest"}) {
    CAPTURE(mode);
    const RandomRotation rotation({.factor = 0.5, .fill_mode = mode, .fill_value = 0.25});
    const RandomZoom zoom({.height_factor = 1, .fill_mode = mode, .fill_value = 0.25});
    const auto check = [&](const auto& layer) {
      const ImageShape shape(*layer, shape_of(images), DataFormat::channels_last);
      const auto projections = layer->projections(shape, random);
      CHECK(projections[0] != projections[1]);
      testing::check_close(layer->augment(images, shape, random),
                           plainly_projected(images, projections, mode, 0.25), 1e-5);
    };
    check(rotation);
    check(zoom);
  }
}

TEST_CASE("RandomPerspective moves corners as far as its scale allows") {
  const RandomPerspective layer({.factor = {1, 1}, .scale = 0.4});
  const Tensor images = zeros({20, 5, 8, 1});
  const ImageShape shape(*layer, shape_of(images), DataFormat::channels_last);
  for (const Projection& t : layer->projections(shape, Random(1))) {
    // The corner at the top left stays; going back from the others of the input by Cramer's rule,
    // one arrives within a fifth of their distance.
    CHECK(std::abs(t[2]) < 1e-9);
    CHECK(std::abs(t[5]) < 1e-9);
    for (const auto& [u, v] : {std::pair{7.0, 0.0}, {0.0, 4.0}, {7.0, 4.0}}) {
      const double a = t[0] - u * t[6], b = t[1] - u * t[7], c = t[3] - v * t[6],
                   d = t[4] - v * t[7], determinant = a * d - b * c;
      const double x = (u * d - b * v) / determinant, y = (a * v - u * c) / determinant;
      CHECK(std::abs(x - u) <= 0.2 * u + 1e-9);
      CHECK(std::abs(y - v) <= 0.2 * v + 1e-9);
    }
  }
  CHECK(in_training(RandomPerspective({.scale = 0}), testing::noise({2, 3, 3, 1}, 1)) ==
        testing::noise({2, 3, 3, 1}, 1));
}

TEST_CASE("RandomElasticTransform moves pixels but no flat images") {
  const RandomElasticTransform layer({.factor = {1, 1}, .scale = {1, 1}, .value_range = {0, 1}});
  testing::check_close(in_training(layer, full({2, 25, 25, 1}, real(0.5))),
                       full({2, 25, 25, 1}, real(0.5)), 1e-6);
  const Tensor images = testing::noise({2, 25, 25, 1}, 1, 0, 1);
  const Tensor moved = in_training(layer, images);
  CHECK(moved != images);
  CHECK(moved == in_training(layer, images));
  CHECK(moved != in_training(layer, images, 1));
  CHECK(in_training(RandomElasticTransform({.scale = 0}), images) == images);
}

TEST_CASE("layers that move pixels write their arguments in Keras's order") {
  using testing::own_arguments;
  CHECK(own_arguments(RandomRotation({.factor = 0.2, .seed = 3})) ==
        R"({"data_format":"channels_last","factor":[-0.2,0.2],"fill_mode":"reflect",)"
        R"("fill_value":0.0,"interpolation":"bilinear","seed":3})");
  CHECK(own_arguments(RandomZoom({.height_factor = 0.2})) ==
        R"({"data_format":"channels_last","height_factor":0.2,"width_factor":null,)"
        R"("fill_mode":"reflect","interpolation":"bilinear","seed":null,"fill_value":0.0})");
  CHECK(own_arguments(RandomShear({.x_factor = 0.2})) ==
        R"({"data_format":"channels_last","x_factor":[-0.2,0.2],"y_factor":[-0.0,0.0],)"
        R"("fill_mode":"reflect","interpolation":"bilinear","seed":null,"fill_value":0.0})");
  CHECK(own_arguments(RandomPerspective()) ==
        R"({"data_format":"channels_last","factor":[0,1.0],"scale":1.0,)"
        R"("interpolation":"bilinear","fill_value":0.0,"seed":null})");
}

TEST_CASE("layers that move pixels refuse wrong use in Keras's words") {
  CHECK_THROWS_WITH_AS(RandomRotation({.factor = 2}, {.name = "r"}),
                       "Layer 'r' (RandomRotation): The `factor` argument should be a number (or a "
                       "list of two numbers) in the range [-1, 1]. Received: factor=2",
                       ValueError);
  CHECK_THROWS_WITH_AS(RandomRotation({.fill_mode = "mirror"}, {.name = "r"}),
                       "Layer 'r' (RandomRotation): Unknown `fill_mode` mirror. Expected of one "
                       "('reflect', 'wrap', 'constant', 'nearest').",
                       ValueError);
  CHECK_THROWS_WITH_AS(RandomZoom({.interpolation = "bicubic"}, {.name = "z"}),
                       "Layer 'z' (RandomZoom): Unknown `interpolation` bicubic. Expected of one "
                       "('nearest', 'bilinear').",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      RandomZoom({.height_factor = {0, 1, 2}}, {.name = "z"}),
      "Layer 'z' (RandomZoom): The `height_factor` and `width_factor` arguments should be a number "
      "(or a list of two numbers) in the range [-1.0, 1.0]. Received: height_factor=(0, 1, 2)",
      ValueError);
  CHECK_THROWS_WITH_AS(
      RandomTranslation({.width_factor = -1.5}, {.name = "t"}),
      "Layer 't' (RandomTranslation): The `factor` argument should be a number (or "
      "a list of two numbers) in the range [-1.0, 1.0]. Received: "
      "input_number=-1.5",
      ValueError);
  CHECK_THROWS_WITH_AS(
      RandomShear({.x_factor = -0.5}, {.name = "s"}),
      "Layer 's' (RandomShear): The `factor` argument should be a number (or a list "
      "of two numbers) in the range [0, 1.0]. Received: input_number=-0.5",
      ValueError);
  CHECK_THROWS_WITH_AS(RandomPerspective({.scale = 2}, {.name = "p"}),
                       "Layer 'p' (RandomPerspective): The `scale` argument should be a number in "
                       "the range [0,1]. Received: scale=2",
                       ValueError);
  CHECK_THROWS_WITH_AS(in_training(RandomPerspective({}, {.name = "p"}), zeros({1, 1, 4, 1})),
                       "Layer 'p' (RandomPerspective): images must be at least 2 pixels high and "
                       "wide. Received: height=1, width=4",
                       ShapeError);
  CHECK_THROWS_WITH_AS(
      RandomElasticTransform({.scale = 3}, {.name = "e"}),
      "Layer 'e' (RandomElasticTransform): The `scale` argument should be a number "
      "(or a list of two numbers) in the range [0, 1]. Received: factor=3",
      ValueError);
}
