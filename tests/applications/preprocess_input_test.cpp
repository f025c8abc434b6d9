#include "../../applications/preprocess_input.hpp"

#include <doctest/doctest.h>

#include "../support/check_layers.hpp"
#include "../support/filled.hpp"

using namespace keratin;
using namespace keratin::applications;
using testing::filled;

namespace {

void check(const Tensor& actual, const Tensor& expected) {
  REQUIRE(shape_of(actual) == shape_of(expected));
  for (std::size_t i = 0; i < actual.size(); ++i)
    CHECK(actual.data()[i] == doctest::Approx(expected.data()[i]).epsilon(1e-6));
}

}  // namespace

TEST_CASE("preprocess_input scales to -1 and 1") {
  check(preprocess_input(filled({1, 1, 3}, {0, 127.5, 255}), PreprocessMode::tf),
        filled({1, 1, 3}, {-1, 0, 1}));
}

TEST_CASE("preprocess_input normalizes each channel") {
  // (51 / 255 - 0.485) / 0.229 and so on.
  const Tensor expected =
      filled({1, 2, 1, 3}, {-1.2445414847161573, -0.25, 0.86222222222222, 2.24890829694323,
                            -2.0357142857142856, -0.91555555555556});
  check(preprocess_input(filled({1, 2, 1, 3}, {51, 102, 153, 255, 0, 51}), PreprocessMode::torch),
        expected);
}

TEST_CASE("preprocess_input turns to BGR and centres") {
  const Tensor rgb = filled({1, 1, 2, 3}, {1, 2, 3, 100, 110, 120});
  check(preprocess_input(rgb, PreprocessMode::caffe),
        filled({1, 1, 2, 3},
               {3 - 103.939, 2 - 116.779, 1 - 123.68, 120 - 103.939, 110 - 116.779, 100 - 123.68}));
  const Tensor planes = filled({3, 1, 2}, {1, 100, 2, 110, 3, 120});
  check(preprocess_input(planes, PreprocessMode::caffe, "channels_first"),
        filled({3, 1, 2},
               {3 - 103.939, 120 - 103.939, 2 - 116.779, 110 - 116.779, 1 - 123.68, 100 - 123.68}));
}

TEST_CASE("preprocess_input refuses what is no image") {
  CHECK_THROWS_WITH_AS(
      preprocess_input(zeros({2, 4}), PreprocessMode::caffe),
      "preprocess_input expects images of 3 channels (channels_last), with or without a batch "
      "axis. Received shape: (2, 4)",
      ShapeError);
  CHECK_THROWS_WITH_AS(
      preprocess_input(zeros({2, 4, 3}), PreprocessMode::torch, "channels_first"),
      "preprocess_input expects images of 3 channels (channels_first), with or without a batch "
      "axis. Received shape: (2, 4, 3)",
      ShapeError);
}
