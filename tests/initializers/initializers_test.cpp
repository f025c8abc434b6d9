#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "../../framework/serialization.hpp"
#include "../../initializers/constant.hpp"
#include "../../initializers/orthogonal.hpp"
#include "../../initializers/random.hpp"
#include "../../initializers/stft.hpp"
#include "../../initializers/variance_scaling.hpp"
#include "../support/golden_json.hpp"

namespace keratin::inline KERATIN_VARIANT::initializers {
namespace {

using testing::golden_json;

struct Moments {
  double mean = 0, stddev = 0, kurtosis = 0, low = 1e300, high = -1e300;
};

Moments moments(const std::vector<double>& values) {
  Moments result;
  const auto n = static_cast<double>(values.size());
  for (const double x : values) {
    result.mean += x / n;
    result.low = std::min(result.low, x);
    result.high = std::max(result.high, x);
  }
  double second = 0, fourth = 0;
  for (const double x : values) {
    const double d = (x - result.mean) * (x - result.mean);
    second += d / n;
    fourth += d * d / n;
  }
  result.stddev = std::sqrt(second);
  if (second > 1e-20) result.kurtosis = fourth / (second * second);
  return result;
}

TEST_CASE("initializers: Keras's configs and moments") {
  set_random_seed(1);
  for (const Json& golden : golden_json("training/initializers.json")) {
    CAPTURE(golden["config"].dump());
    const auto shape = golden["shape"].get<Shape>();
    CAPTURE(shape);
    std::vector<double> values;
    const int draws = golden["draws"].get<int>();
    for (int draw = 0; draw < draws; ++draw) {
      const auto initializer = deserialize<const Initializer>(golden["config"]);
      CHECK(serialize(*initializer).dump() == golden["config"].dump());
      const Tensor weight = (*initializer)(shape);
      CHECK(shape_of(weight) == shape);
      values.insert(values.end(), weight.begin(), weight.end());
      CHECK((*initializer)(shape) == weight);
    }
    const Fans fans = compute_fans(shape);
    CHECK(fans.in == golden["fans"][0].get<double>());
    CHECK(fans.out == golden["fans"][1].get<double>());
    const Moments ours = moments(values);
    // Both are estimates from n numbers: five of their standard errors.
    const auto n = static_cast<double>(values.size());
    const double stddev = golden["std"].get<double>(), room = 5 * std::sqrt(2 / n);
    CHECK(std::abs(ours.mean - golden["mean"].get<double>()) <= stddev * room + 1e-6);
    CHECK(std::abs(ours.stddev - stddev) <= stddev * room + 1e-6);
    CHECK(std::abs(ours.kurtosis - golden["kurtosis"].get<double>()) <= 5 * std::sqrt(48 / n));
    // A bounded distribution comes close to its ends. The lower one is compared with Keras's, the
    // upper one lies opposite: numpy's truncated normal in Keras goes a little past it.
    if (golden["kurtosis"].get<double>() < 2.5 && stddev > 0) {
      CHECK(std::abs(ours.low - golden["min"].get<double>()) < 0.05 * stddev);
      CHECK(std::abs((ours.low + ours.high) / 2 - ours.mean) < stddev * (0.05 + room / 2));
    }
  }
}

TEST_CASE("initializers: seeds") {
  const Shape shape = {40, 3};
  CHECK(GlorotUniform({.seed = 7})(shape) == GlorotUniform({.seed = 7})(shape));
  CHECK(GlorotUniform({.seed = 7})(shape) != GlorotUniform({.seed = 8})(shape));
  set_random_seed(5);
  const Tensor first = RandomNormal()(shape), second = RandomNormal()(shape);
  CHECK(first != second);
  set_random_seed(5);
  CHECK(RandomNormal()(shape) == first);
  // A copy draws what its original draws.
  const RandomNormal original;
  const RandomNormal copy = original;
  CHECK(copy(shape) == original(shape));

  CHECK(GlorotUniform({.seed = 7}).get_config().dump() ==
        R"({"seed":7,"input_axes":null,"output_axes":null})");
  const Json generator = Json::parse(
      R"({"seed":{"module":"keras.random","class_name":"SeedGenerator","config":{"seed":7},"registered_name":null},"input_axes":[0,1],"output_axes":-1})");
  const auto from_generator = GlorotUniform::from_config(generator);
  CHECK(from_generator->get_config().dump() == generator.dump());
  CHECK((*from_generator)({3, 40}) ==
        GlorotUniform({.seed = 7, .input_axes = Axes{0, 1}})({3, 40}));
  CHECK_THROWS_AS(GlorotUniform::from_config(Json::parse(R"({"seed":"x"})")), ValueError);
}

TEST_CASE("initializers: fans by named axes") {
  const Fans depthwise = compute_fans({3, 3, 64, 2}, Axes{0, 1}, Axes{-1});
  CHECK(depthwise.in == 9);
  CHECK(depthwise.out == 2);
  CHECK(compute_fans({}).in == 1);
  CHECK_THROWS_WITH_AS(compute_fans({3, 3}, Axes{2}),
                       "VarianceScaling: axis 2 is out of bounds for array of dimension 2",
                       ValueError);
}

TEST_CASE("initializers: Orthogonal gives orthonormal rows or columns") {
  for (const Shape& shape :
       {Shape{5, 3}, Shape{3, 5}, Shape{4, 4}, Shape{2, 3, 4, 7}, Shape{1, 1}, Shape{300, 200}}) {
    CAPTURE(shape);
    const Tensor q = Orthogonal({.gain = 2, .seed = 3})(shape);
    const auto columns = static_cast<std::size_t>(shape.back()), rows = q.size() / columns;
    const std::size_t count = std::min(rows, columns), length = std::max(rows, columns);
    const std::size_t step = rows < columns ? columns : 1, along = rows < columns ? 1 : columns;
    double worst = 0;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        double dot = 0;
        for (std::size_t k = 0; k < length; ++k)
          dot += double{q.data()[i * step + k * along]} * double{q.data()[j * step + k * along]};
        worst = std::max(worst, std::abs(dot - (i == j ? 4 : 0)));
      }
    }
    CHECK(worst < 1e-5);
  }
  CHECK_THROWS_WITH_AS(Orthogonal()({4}),
                       "The tensor to initialize must be at least two-dimensional. Received: "
                       "shape=(4,) of rank 1.",
                       ValueError);
}

TEST_CASE("initializers: STFT is the transform of a windowed frame") {
  const Tensor real_part = STFT({.side = "real", .scaling = "spectrum"})({8, 1, 5});
  const Tensor imaginary = STFT({.side = "imag", .window = nullptr, .scaling = {}})({8, 1, 5});
  // scipy.signal.get_window("hann", 8, fftbins=False)[2] and its sum.
  const double pi = std::acos(-1.0), hann = 0.5 - 0.5 * std::cos(4 * pi / 7);
  CHECK(real_part.data()[2 * 5 + 1] == doctest::Approx(hann / 3.5 * std::cos(pi / 2)));
  CHECK(real_part.data()[2 * 5 + 4] == doctest::Approx(hann / 3.5));
  CHECK(imaginary.data()[1 * 5 + 2] == doctest::Approx(-1));
  CHECK(STFT().get_config().dump() ==
        R"({"side":"real","window":"hann","periodic":false,"scaling":"density"})");
  CHECK_THROWS_WITH_AS(STFT({.side = "both"}), "side should be 'real' or 'imag', not both",
                       ValueError);
  CHECK_THROWS_AS(Window("gaussian"), ValueError);
  CHECK_THROWS_AS(STFT({.window = std::vector<double>{1, 2}})({8, 1, 5}), ValueError);
}

TEST_CASE("initializers: names and refusals") {
  for (const char* name :
       {"zeros", "zero", "ones", "one", "normal", "uniform", "identity", "orthogonal",
        "glorot_uniform", "HeNormal", "lecun_uniform", "IdentityInitializer", "constant", "stft"}) {
    CAPTURE(name);
    CHECK(Spec<Initializer>(name));
  }
  CHECK_THROWS_WITH_AS(Spec<Initializer>("nope"),
                       "Could not interpret initializer identifier: nope", ValueError);
  CHECK_THROWS_WITH_AS(VarianceScaling({.scale = 0}),
                       "Argument `scale` must be positive float. Received: scale=0", ValueError);
  CHECK_THROWS_AS(VarianceScaling({.mode = "fan"}), ValueError);
  CHECK_THROWS_AS(VarianceScaling({.distribution = "beta"}), ValueError);
  CHECK_THROWS_AS(Identity()({2, 2, 2}), ValueError);
  CHECK(VarianceScaling({.distribution = "normal"}).options().distribution == "truncated_normal");
}

}  // namespace
}  // namespace keratin::inline KERATIN_VARIANT::initializers
