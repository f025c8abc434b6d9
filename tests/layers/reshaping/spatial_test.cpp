#include <doctest/doctest.h>

#include "../../../layers/reshaping/cropping.hpp"
#include "../../../layers/reshaping/up_sampling.hpp"
#include "../../../layers/reshaping/zero_padding.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"

using namespace keratin;
using namespace keratin::layers;
using keratin::testing::check_close;
using keratin::testing::check_layers;
using keratin::testing::filled;

TEST_CASE("ZeroPadding") {
  const char* first = "channels_first";
  check_layers({
      {"default", ZeroPadding2D(), {{2, 3, 4, 3}}},
      {"per axis", ZeroPadding2D({.padding = {0, 2}}), {{2, 3, 4, 3}}},
      {"ends", ZeroPadding2D({.padding = {{1, 0}, {2, 3}}}), {{2, 3, 4, 3}}},
      {"first", ZeroPadding2D({.padding = {{1, 0}, {2, 3}}, .data_format = first}), {{2, 3, 4, 5}}},
      {"nothing", ZeroPadding2D({.padding = 0}), {{1, 1, 1, 1}}},
      {"no images", ZeroPadding2D(), {{0, 3, 4, 3}}},
      {"series", ZeroPadding1D({.padding = {2, 0}}), {{2, 3, 4}}},
      {"series first", ZeroPadding1D({.padding = 2, .data_format = first}), {{2, 3, 4}}},
      {"volume", ZeroPadding3D({.padding = {{0, 1}, {2, 0}, {1, 1}}}), {{2, 2, 3, 2, 3}}},
      {"volume first",
       ZeroPadding3D({.padding = {1, 0, 2}, .data_format = first}),
       {{2, 2, 3, 2, 3}}},
  });
  const Tensor x = filled({1, 1, 2, 1}, {1, 2});
  CHECK(ZeroPadding2D({.padding = {{1, 0}, {0, 1}}})(x) ==
        filled({1, 2, 3, 1}, {0, 0, 0, 1, 2, 0}));
}

TEST_CASE("Cropping") {
  const char* first = "channels_first";
  check_layers({
      {"default", Cropping2D(), {{2, 3, 4, 3}}},
      {"per axis", Cropping2D({.cropping = {1, 0}}), {{2, 3, 4, 3}}},
      {"ends", Cropping2D({.cropping = {{1, 0}, {0, 3}}}), {{2, 3, 4, 3}}},
      {"first", Cropping2D({.cropping = {{1, 0}, {2, 1}}, .data_format = first}), {{2, 3, 4, 5}}},
      {"no images", Cropping2D({.cropping = 1}), {{0, 3, 4, 3}}},
      {"series", Cropping1D(), {{2, 3, 4}}},
      {"series ends", Cropping1D({.cropping = {2, 1}}), {{2, 5, 2}}},
      {"volume", Cropping3D({.cropping = {{0, 1}, {2, 0}, {1, 1}}}), {{2, 2, 3, 3, 3}}},
      {"volume first", Cropping3D({.data_format = first}), {{2, 2, 3, 4, 5}}},
  });
  const Tensor x = filled({1, 2, 3, 1}, {1, 2, 3, 4, 5, 6});
  CHECK(Cropping2D({.cropping = {{1, 0}, {0, 1}}})(x) == filled({1, 1, 2, 1}, {4, 5}));
}

TEST_CASE("UpSampling") {
  const char* first = "channels_first";
  std::vector<testing::LayerCase> cases{
      {"series", UpSampling1D({.size = 3}), {{2, 4, 3}}},
      {"volume", UpSampling3D({.size = {2, 1, 3}}), {{2, 2, 3, 2, 3}}},
      {"volume first", UpSampling3D({.data_format = first}), {{1, 2, 3, 2, 3}}},
      {"no images", UpSampling2D(), {{0, 3, 4, 3}}},
  };
  for (const char* how : {"nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"}) {
    cases.push_back({how, UpSampling2D({.size = {3, 2}, .interpolation = how}), {{2, 4, 5, 3}}});
    cases.push_back({concat(how, " of one place"),
                     UpSampling2D({.size = {1, 4}, .interpolation = how}),
                     {{2, 1, 1, 3}}});
    cases.push_back({concat(how, " first"),
                     UpSampling2D({.data_format = first, .interpolation = how}),
                     {{2, 3, 4, 5}}});
  }
  check_layers(cases);
  const Tensor x = filled({1, 1, 2, 1}, {1, 3});
  CHECK(UpSampling2D()(x) == filled({1, 2, 4, 1}, {1, 1, 3, 3, 1, 1, 3, 3}));
  // Half-pixel centres: the places between are at 0.25 and 0.75 of the way.
  CHECK(UpSampling2D({.size = {1, 2}, .interpolation = "bilinear"})(x) ==
        filled({1, 1, 4, 1}, {1, 1.5, 2.5, 3}));
  // A constant stays one whatever the interpolation.
  for (const char* how : {"bicubic", "lanczos3", "lanczos5"}) {
    check_close(UpSampling2D({.size = 3, .interpolation = how})(full({1, 3, 4, 2}, 7)),
                full({1, 9, 12, 2}, 7), 1e-6);
  }
}

TEST_CASE("Padding, cropping and sampling refuse") {
  const LayerOptions name{.name = "s"};
  CHECK_THROWS_WITH_AS(
      ZeroPadding2D({.padding = {{1, 0}, {-1, 2}}}, name),
      "Layer 's' (ZeroPadding2D): The `2nd entry of padding` argument must be a tuple of 2 "
      "integers. Received 2nd entry of padding=(-1, 2), including values {-1} that do not satisfy "
      "`value >= 0`",
      ValueError);
  CHECK_THROWS_WITH_AS(Cropping1D({.cropping = {1, -3}}, name),
                       "Layer 's' (Cropping1D): The `cropping` argument must be a tuple of 2 "
                       "integers. Received cropping=(1, -3), including values {-3} that do not "
                       "satisfy `value >= 0`",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      UpSampling3D({.size = {1, 0, 2}}, name),
      "Layer 's' (UpSampling3D): The `size` argument must be a tuple of 3 integers. Received "
      "size=(1, 0, 2), including values {0} that do not satisfy `value > 0`",
      ValueError);
  CHECK_THROWS_WITH_AS(UpSampling2D({.interpolation = "cubic"}, name),
                       "Layer 's' (UpSampling2D): The `interpolation` argument must be one of "
                       "{'nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'}. Received: "
                       "interpolation=cubic",
                       ValueError);
  const char* too_small =
      "Layer 's' (Cropping2D): Values in `cropping` argument should be smaller than the "
      "corresponding spatial dimension of the input. Received: input_shape=(None, 4, 3, 1), "
      "cropping=((1, 2), (2, 1))";
  const Cropping2D cropping({.cropping = {{1, 2}, {2, 1}}}, name);
  CHECK_THROWS_WITH_AS(cropping->compute_output_shape({unknown, 4, 3, 1}), too_small, ShapeError);
  CHECK_THROWS_AS(cropping(zeros({1, 4, 3, 1})), ShapeError);
  CHECK_THROWS_WITH_AS(ZeroPadding3D({}, name)(zeros({1, 8, 8})),
                       "Input 0 of layer 's' (ZeroPadding3D) is incompatible with the layer: "
                       "expected ndim=5, found ndim=3. Full shape received: (1, 8, 8)",
                       ShapeError);
}

TEST_CASE("Padding, cropping and sampling keep unknown sizes unknown") {
  const Shape open{unknown, unknown, 3, 2};
  CHECK(ZeroPadding2D()->compute_output_shape(open) == Shape{unknown, unknown, 5, 2});
  CHECK(Cropping2D({.cropping = 1})->compute_output_shape(open) == Shape{unknown, unknown, 1, 2});
  CHECK(UpSampling2D()->compute_output_shape(open) == Shape{unknown, unknown, 6, 2});
}
