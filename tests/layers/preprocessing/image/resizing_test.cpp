#include "../../../../layers/preprocessing/image/resizing.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../../framework/input_layer.hpp"
#include "../../../../layers/preprocessing/image/center_crop.hpp"
#include "../../../support/check_layers.hpp"
#include "../../../support/filled.hpp"
#include "image_support.hpp"

using namespace keratin;
using namespace keratin::layers;

namespace {

/// A row of an image with one channel.
Tensor row(std::initializer_list<double> values) {
  Tensor image = empty({1, 1, static_cast<Dim>(values.size()), 1});
  std::size_t i = 0;
  for (const double value : values) image.data()[i++] = static_cast<real>(value);
  return image;
}

}  // namespace

TEST_CASE("Resizing") {
  testing::check_layers({
      {"up, bilinear", Resizing({.height = 7, .width = 9}), {{2, 4, 5, 3}}},
      {"down, nearest",
       Resizing({.height = 2, .width = 3, .interpolation = "nearest"}),
       {{2, 5, 7, 2}}},
      {"down, bicubic",
       Resizing({.height = 3, .width = 2, .interpolation = "bicubic"}),
       {{2, 5, 7, 2}}},
      {"down, lanczos3, antialias",
       Resizing({.height = 3, .width = 2, .interpolation = "lanczos3", .antialias = true}),
       {{2, 8, 9, 2}}},
      {"up, lanczos5",
       Resizing({.height = 9, .width = 7, .interpolation = "lanczos5"}),
       {{1, 3, 4, 2}}},
      {"down, area", Resizing({.height = 2, .width = 4, .interpolation = "area"}), {{2, 5, 7, 3}}},
      {"up, area", Resizing({.height = 7, .width = 4, .interpolation = "area"}), {{2, 3, 3, 1}}},
      {"cropped",
       Resizing({.height = 4, .width = 2, .crop_to_aspect_ratio = true}),
       {{2, 5, 8, 2}}},
      {"padded",
       Resizing({.height = 4, .width = 4, .pad_to_aspect_ratio = true, .fill_value = 2.5}),
       {{2, 3, 8, 2}}},
      {"padded at the sides",
       Resizing({.height = 4, .width = 4, .pad_to_aspect_ratio = true, .fill_value = -1}),
       {{2, 9, 4, 2}}},
      {"channels first",
       Resizing({.height = 3,
                 .width = 5,
                 .crop_to_aspect_ratio = true,
                 .data_format = DataFormat::channels_first}),
       {{2, 3, 6, 7}}},
      {"of nothing", Resizing({.height = 3, .width = 5}), {{0, 2, 2, 1}}},
      {"CenterCrop", CenterCrop({.height = 3, .width = 2}), {{2, 6, 5, 2}}},
      {"CenterCrop of smaller images", CenterCrop({.height = 3, .width = 6}), {{2, 6, 5, 2}}},
      {"CenterCrop, channels first",
       CenterCrop({.height = 3, .width = 2, .data_format = DataFormat::channels_first}),
       {{2, 2, 4, 4}}},
  });
}

TEST_CASE("Resizing by hand") {
  const auto resized = [](Dim width, const char* interpolation, bool antialias, const Tensor& x) {
    return Resizing(
        {.height = 1, .width = width, .interpolation = interpolation, .antialias = antialias})(x);
  };
  const Tensor x = row({1, 2, 4, 8});
  CHECK(resized(2, "nearest", false, x) == row({2, 8}));
  CHECK(resized(2, "bilinear", false, x) == row({1.5, 6}));
  // Half of the pixels at the border have weights 3/8, the next ones 1/8, none lies beyond.
  testing::check_close(resized(2, "bilinear", true, x),
                       row({(3 * 1 + 3 * 2 + 4) / 7.0, (2 + 3 * 4 + 3 * 8) / 7.0}), 1e-6);
  CHECK(resized(2, "area", false, x) == row({1.5, 6}));
  testing::check_close(
      resized(3, "area", false, x),
      row({(1 + 2 / 3.0) * 0.75, (2 * 2 + 4 * 2) / 3.0 * 0.75, (4 / 3.0 + 8) * 0.75}), 1e-6);
  CHECK(resized(8, "area", false, x) == row({1, 1, 2, 2, 4, 4, 8, 8}));
}

TEST_CASE("Resizing keeps the aspect ratio by cutting or by filling") {
  const Tensor x = testing::filled({1, 2, 4, 1}, {1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(Resizing({.height = 2, .width = 2, .crop_to_aspect_ratio = true})(x) ==
        testing::filled({1, 2, 2, 1}, {2, 3, 6, 7}));
  CHECK(Resizing({.height = 4, .width = 4, .pad_to_aspect_ratio = true, .fill_value = 9})(x) ==
        testing::filled({1, 4, 4, 1}, {9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9}));
}

TEST_CASE("Resizing and CenterCrop take single images and give other formats the same") {
  const Tensor x = testing::noise({5, 6, 3}, 1);
  const Tensor batch = reshaped(x, {1, 5, 6, 3});
  for (const LayerHandle& layer : std::initializer_list<LayerHandle>{
           Resizing({.height = 3, .width = 4}), CenterCrop({.height = 2, .width = 3})}) {
    const Tensor y = layer(x);
    CHECK(shape_of(y) == layer->compute_output_shapes({{5, 6, 3}})[0]);
    CHECK(testing::same_bits(reshaped(y, shape_of(layer(batch))), layer(batch)));
  }
  const Tensor first = xt::transpose(batch, {0, 3, 1, 2});
  const Tensor expected = xt::transpose(Resizing({.height = 3, .width = 4})(batch), {0, 3, 1, 2});
  CHECK(testing::same_bits(
      Resizing({.height = 3, .width = 4, .data_format = "channels_first"})(first), expected));
}

TEST_CASE("Resizing writes its arguments in Keras's order") {
  CHECK(testing::own_arguments(Resizing({.height = 3, .width = 4})) ==
        R"({"data_format":"channels_last","height":3,"width":4,"interpolation":"bilinear",)"
        R"("crop_to_aspect_ratio":false,"pad_to_aspect_ratio":false,"fill_mode":"constant",)"
        R"("fill_value":0.0,"antialias":false})");
}

TEST_CASE("Resizing and CenterCrop refuse wrong use in Keras's words") {
  CHECK_THROWS_WITH_AS(Resizing({.height = 3}, {.name = "r"}),
                       "Layer 'r' (Resizing): `height` and `width` must be positive integers. "
                       "Received: height=3, width=0",
                       ValueError);
  CHECK_THROWS_WITH_AS(CenterCrop({.height = -1, .width = 2}, {.name = "c"}),
                       "Layer 'c' (CenterCrop): `height` and `width` must be positive integers. "
                       "Received: height=-1, width=2",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      Resizing({.height = 1, .width = 1, .interpolation = "Gaussian"}, {.name = "r"}),
      "Layer 'r' (Resizing): The `interpolation` argument must be one of {'nearest', 'bilinear', "
      "'bicubic', 'lanczos3', 'lanczos5', 'area'}. Received: interpolation=gaussian",
      ValueError);
  CHECK_THROWS_WITH_AS(
      Resizing({.height = 1, .width = 1, .fill_mode = "reflect"}, {.name = "r"}),
      "Layer 'r' (Resizing): Invalid value for argument `fill_mode`. Only `'constant'` is "
      "supported. Received: fill_mode=reflect",
      ValueError);
  CHECK_THROWS_WITH_AS(
      Resizing({.height = 1, .width = 1, .crop_to_aspect_ratio = true, .pad_to_aspect_ratio = true},
               {.name = "r"}),
      "Layer 'r' (Resizing): Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be "
      "`True`.",
      ValueError);
  const Resizing layer({.height = 1, .width = 1}, {.name = "r"});
  CHECK_THROWS_WITH_AS(layer(Input({4})),
                       "Layer 'r' (Resizing): Expected image tensor to have rank 3 (single image) "
                       "or 4 (batch of images). Received: data.shape=(None, 4)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(layer(zeros({2, 0, 3, 1})),
                       "Layer 'r' (Resizing): Images to resize must have a height and a width of "
                       "at least 1. Received: inputs.shape=(2, 0, 3, 1)",
                       ShapeError);
  Json config = layer->get_config();
  config["bounding_box_format"] = "xyxy";
  CHECK_THROWS_AS(ResizingLayer::from_config(config), ValueError);
}
