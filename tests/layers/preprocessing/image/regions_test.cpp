// The layers that flip, cut and mix.
#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "../../../../layers/preprocessing/image/aug_mix.hpp"
#include "../../../../layers/preprocessing/image/cut_mix.hpp"
#include "../../../../layers/preprocessing/image/mix_up.hpp"
#include "../../../../layers/preprocessing/image/rand_augment.hpp"
#include "../../../../layers/preprocessing/image/random_crop.hpp"
#include "../../../../layers/preprocessing/image/random_erasing.hpp"
#include "../../../../layers/preprocessing/image/random_flip.hpp"
#include "../../../support/check_layers.hpp"
#include "../../../support/filled.hpp"
#include "image_support.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::in_training;

namespace {

/// Images of one colour each: 1, 2, 3...
Tensor numbered(Dim count, Dim height, Dim width) {
  Tensor images = empty({count, height, width, 1});
  for (std::size_t k = 0; k < images.size(); ++k)
    images.data()[k] = static_cast<real>(1 + k / static_cast<std::size_t>(height * width));
  return images;
}

}  // namespace

TEST_CASE("layers that flip, cut and mix") {
  const testing::LayerCase::Options training{.training = true};
  const testing::LayerCase::Options pixels{.training = true, .low = 0, .high = 255};
  testing::check_layers({
      {"RandomFlip", RandomFlip({.seed = 1}), {{2, 3, 4, 3}}},
      {"RandomFlip in training", RandomFlip({.seed = 1}), {{5, 3, 4, 3}}, training},
      {"RandomFlip, channels first",
       RandomFlip({.mode = "vertical", .seed = 1, .data_format = DataFormat::channels_first}),
       {{5, 2, 3, 4}},
       training},
      {"RandomCrop in training",
       RandomCrop({.height = 2, .width = 3, .seed = 1}),
       {{2, 5, 6, 3}},
       training},
      {"RandomCrop of smaller images",
       RandomCrop({.height = 4, .width = 3, .seed = 1}),
       {{2, 3, 6, 2}},
       training},
      {"RandomErasing", RandomErasing({.seed = 1}), {{2, 5, 6, 3}}, training},
      {"RandomErasing, channels first",
       RandomErasing({.factor = {0.5, 0.5},
                      .scale = 0.9,
                      .fill_value = Numbers{1, 2, 3},
                      .seed = 1,
                      .data_format = DataFormat::channels_first}),
       {{4, 3, 5, 6}},
       training},
      {"MixUp", MixUp({.seed = 1}), {{4, 2, 3, 2}}, training},
      {"CutMix", CutMix({.seed = 1}), {{4, 5, 6, 2}}, training},
      {"RandAugment", RandAugment({.seed = 1}), {{2, 4, 5, 3}}},
      {"RandAugment, shear and rotation",
       RandAugment({.num_ops = 3, .seed = 4}),
       {{2, 4, 5, 3}},
       pixels},
      {"AugMix", AugMix({.seed = 1}), {{2, 4, 5, 3}}},
  });
}

TEST_CASE("RandomFlip flips half of the images") {
  Tensor images = empty({200, 1, 2, 1});
  for (std::size_t k = 0; k < images.size(); ++k) images.data()[k] = static_cast<real>(k % 2);
  const RandomFlip layer({.mode = "horizontal", .seed = 1});
  const Tensor flipped = in_training(layer, images);
  std::size_t count = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    CHECK(flipped(i, 0, 0, 0) + flipped(i, 0, 1, 0) == 1);
    count += flipped(i, 0, 0, 0) == 1;
  }
  CHECK(count > 60);
  CHECK(count < 140);
  CHECK(flipped == in_training(layer, images));
  CHECK(flipped != in_training(layer, images, 1));
  CHECK(in_training(RandomFlip({.mode = "vertical", .seed = 1}), images) == images);
  // Both directions or none.
  const Tensor x = testing::filled({40, 2, 2, 1}, std::vector<double>(160, 0));
  Tensor squares = x;
  for (std::size_t k = 0; k < squares.size(); ++k) squares.data()[k] = static_cast<real>(k % 4);
  const Tensor both = in_training(RandomFlip({.seed = 1}), squares);
  for (std::size_t i = 0; i < 40; ++i) {
    const bool turned = both(i, 0, 0, 0) == 3;
    CHECK(both(i, 0, 0, 0) == (turned ? 3 : 0));
    CHECK(both(i, 0, 1, 0) == (turned ? 2 : 1));
    CHECK(both(i, 1, 1, 0) == (turned ? 0 : 3));
  }
}

TEST_CASE("RandomCrop takes the same part of all images, another one in each step") {
  Tensor images = empty({2, 6, 7, 1});
  for (std::size_t k = 0; k < images.size(); ++k) images.data()[k] = static_cast<real>(k % 42);
  const RandomCrop layer({.height = 2, .width = 3, .seed = 1});
  std::set<real> corners;
  for (std::uint64_t step = 0; step < 200; ++step) {
    const Tensor cropped = in_training(layer, images, step);
    REQUIRE(shape_of(cropped) == Shape{2, 2, 3, 1});
    const real corner = cropped(0, 0, 0, 0);
    corners.insert(corner);
    CHECK(cropped(0, 0, 2, 0) == corner + 2);
    CHECK(cropped(0, 1, 0, 0) == corner + 7);
    CHECK(cropped(1, 1, 0, 0) == corner + 7);
  }
  CHECK(corners.size() == 25);
}

TEST_CASE("RandomErasing fills rectangles of the size that was drawn") {
  const Tensor images = numbered(3, 4, 6);
  const RandomErasing layer({.factor = {1, 1}, .scale = {0.25, 0.25}, .fill_value = 9, .seed = 1});
  const Tensor erased = in_training(layer, images);
  for (std::size_t i = 0; i < 3; ++i) {
    std::size_t count = 0;
    for (std::size_t y = 0; y < 4; ++y) {
      for (std::size_t x = 0; x < 6; ++x) {
        const bool filled = erased(i, y, x, 0) == 9;
        count += filled;
        CHECK((filled || erased(i, y, x, 0) == images(i, y, x, 0)));
      }
    }
    CHECK(count == 2 * 3);
  }
  CHECK(in_training(RandomErasing({.factor = {0, 0}}), images) == images);
  // Noise is kept within the range.
  const Tensor noisy = in_training(
      RandomErasing({.factor = {1, 1}, .scale = {1, 1}, .value_range = {0, 1}}), images);
  CHECK(*std::min_element(noisy.begin(), noisy.end()) == 0);
  CHECK(*std::max_element(noisy.begin(), noisy.end()) == 1);
}

TEST_CASE("MixUp and CutMix mix each image with one other") {
  const Tensor images = numbered(50, 4, 5);
  const Tensor mixed = in_training(MixUp({.alpha = 1, .seed = 1}), images);
  std::size_t changed = 0;
  for (std::size_t i = 0; i < 50; ++i) {
    CHECK(mixed(i, 0, 0, 0) == mixed(i, 3, 4, 0));
    CHECK(mixed(i, 0, 0, 0) >= 1);
    CHECK(mixed(i, 0, 0, 0) <= 50);
    changed += mixed(i, 0, 0, 0) != images(i, 0, 0, 0);
  }
  CHECK(changed > 40);
  const Tensor cut = in_training(CutMix({.factor = {1, 1}, .seed = 1}), images);
  std::multiset<real> others;
  for (std::size_t i = 0; i < 50; ++i) {
    std::set<real> colours;
    for (std::size_t k = 0; k < 20; ++k) colours.insert(cut.data()[i * 20 + k]);
    CHECK(colours.size() <= 2);
    colours.erase(images(i, 0, 0, 0));
    others.insert(colours.begin(), colours.end());
  }
  // Nobody is pasted twice.
  CHECK(others.size() == std::set<real>(others.begin(), others.end()).size());
  CHECK(others.size() > 20);
  const Tensor single = testing::noise({4, 5, 1}, 1);
  CHECK(in_training(CutMix(), single) == single);
}

TEST_CASE("RandAugment and AugMix chain the other layers") {
  const Tensor images = testing::noise({2, 5, 6, 3}, 1, 0, 255);
  CHECK(in_training(RandAugment({.num_ops = 0}), images) == images);
  testing::check_close(in_training(AugMix({.chain_depth = 0}), images), images, 1e-6);
  for (const LayerHandle& layer :
       std::initializer_list<LayerHandle>{RandAugment({.seed = 1}), AugMix({.seed = 1})}) {
    CHECK(layer(images) == images);
    std::size_t changed = 0;
    for (std::uint64_t step = 0; step < 10; ++step) {
      const Tensor augmented = in_training(layer, images, step);
      CHECK(augmented == in_training(layer, images, step));
      CHECK(*std::min_element(augmented.begin(), augmented.end()) >= 0);
      CHECK(double{*std::max_element(augmented.begin(), augmented.end())} <= 255.001);
      changed += augmented != images;
    }
    CHECK(changed > 7);
  }
}

TEST_CASE("layers that flip, cut and mix write their arguments in Keras's order") {
  using testing::own_arguments;
  CHECK(own_arguments(RandomFlip({.seed = 3})) ==
        R"({"data_format":"channels_last","seed":3,"mode":"horizontal_and_vertical"})");
  CHECK(own_arguments(RandomErasing({.seed = 3})) ==
        R"({"data_format":"channels_last","factor":[0,1.0],"scale":[0.02,0.33],)"
        R"("fill_value":null,"value_range":[0,255],"seed":3})");
  CHECK(own_arguments(AugMix()) ==
        R"({"data_format":"channels_last","value_range":[0,255],"num_chains":3,"chain_depth":3,)"
        R"("factor":[0,0.3],"alpha":1.0,"all_ops":true,"interpolation":"bilinear","seed":null})");
}

TEST_CASE("layers that flip, cut and mix refuse wrong use") {
  CHECK_THROWS_WITH_AS(RandomFlip({.mode = "diagonal"}, {.name = "f"}),
                       "Layer 'f' (RandomFlip): Unknown flip mode diagonal. Expected one of "
                       "('horizontal', 'vertical', 'horizontal_and_vertical').",
                       ValueError);
  CHECK_THROWS_WITH_AS(RandomCrop({.height = 0, .width = 2}, {.name = "c"}),
                       "Layer 'c' (RandomCrop): `height` and `width` must be positive integers. "
                       "Received: height=0, width=2",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      RandomErasing({.fill_value = Numbers{1, 2}}, {.name = "e"}),
      "Layer 'e' (RandomErasing): The `fill_value` argument should be a number (or "
      "a list of three numbers) Received: fill_value=(1, 2)",
      ValueError);
  CHECK_THROWS_WITH_AS(
      in_training(RandomErasing({.fill_value = Numbers{1, 2, 3}}, {.name = "e"}),
                  zeros({1, 2, 2, 1})),
      "Layer 'e' (RandomErasing): `fill_value` has three numbers, for images of three channels. "
      "Received: channels=1",
      ShapeError);
  CHECK_THROWS_WITH_AS(MixUp({.alpha = 0}, {.name = "m"}),
                       "Layer 'm' (MixUp): `alpha` must be positive. Received: alpha=0",
                       ValueError);
  CHECK_THROWS_WITH_AS(RandAugment({.num_ops = -1}, {.name = "r"}),
                       "Layer 'r' (RandAugment): `num_ops` must not be negative. Received: "
                       "num_ops=-1",
                       ValueError);
  CHECK_THROWS_WITH_AS(AugMix({.num_chains = 0}, {.name = "a"}),
                       "Layer 'a' (AugMix): `num_chains` must be positive and `chain_depth` not "
                       "negative. Received: num_chains=0, chain_depth=3",
                       ValueError);
}
