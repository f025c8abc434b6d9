#include "../../../framework/testing/check_gradients.hpp"

#include <string>

#include <doctest/doctest.h>

#include "../../../framework/fields_impl.hpp"
#include "../../../layers/core/dense.hpp"
#include "../../../layers/core/embedding.hpp"
#include "../../../layers/regularization/dropout.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::check_gradients;

namespace {

enum class Fault { none, input, weight, missing, shape };

struct FaultyOptions {
  Fault fault = Fault::none;
  void describe(Fields&) {}
};

/// y = w x, with a backward pass that may be wrong.
class FaultyLayer final : public OptionsLayer<FaultyLayer, FaultyOptions> {
 public:
  static constexpr std::string_view keras_name = "Faulty";
  using OptionsLayer::OptionsLayer;

  Tensor forward(const Tensor& x, Context&) const override { return x * weight(); }
  Tensor backward(Tensor dy, Context& context) const override {
    const Tensor& x = context.input();
    Tensor sum = zeros({1});
    for (std::size_t i = 0; i < x.size(); ++i) sum(0) += x.flat(i) * dy.flat(i);
    if (options_.fault == Fault::weight) sum(0) += 1;
    if (options_.fault != Fault::missing) context.add_gradient(*weight_, sum);
    if (options_.fault == Fault::shape) return zeros({1});
    dy *= options_.fault == Fault::input ? 2 * weight() : weight();
    return dy;
  }

 private:
  void build_weights(const Shape&) override {
    weight_ = &add_weight({.name = "w", .shape = {1}, .initializer = "ones"});
  }
  real weight() const { return weight_->value()(0); }
  Parameter* weight_ = nullptr;
};

using Faulty = Handle<FaultyLayer>;

std::string error_of(Fault fault) {
  try {
    check_gradients(Faulty({.fault = fault}, {.name = "f"}), {testing::noise({2, 3}, 1)});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

bool starts(const std::string& text, const std::string& begin) { return text.starts_with(begin); }

}  // namespace

TEST_CASE("check_gradients accepts what is right") {
  CHECK(error_of(Fault::none) == "");
  check_gradients(Dense({.units = 3, .activation = "tanh"}), {testing::noise({4, 2}, 1)});
  check_gradients(Dropout({.rate = 0.5}), {testing::noise({4, 2}, 1)}, {.training = true});
  check_gradients(Embedding({.input_dim = 3, .output_dim = 2}),
                  {testing::filled({2, 2}, {0, 1, 2, 1})}, {.constant_inputs = {0}});
}

TEST_CASE("check_gradients leaves input and weights as they were") {
  const Faulty layer;
  const Tensor x = testing::noise({2, 3}, 1), kept = x;
  check_gradients(layer, {x});
  CHECK(testing::same_bits(x, kept));
  CHECK(layer->own_weights()[0].value()(0) == 1);
}

TEST_CASE("check_gradients says what is wrong") {
  CHECK(starts(error_of(Fault::input),
               "check_gradients: Layer 'f' (Faulty): the gradient of input 0 at element 0 is "));
  CHECK(
      starts(error_of(Fault::weight),
             "check_gradients: Layer 'f' (Faulty): the gradient of weight 'f/w' at element 0 is "));
  CHECK(error_of(Fault::weight).find(", but by central differences ") != std::string::npos);
  CHECK(error_of(Fault::missing) ==
        "check_gradients: Layer 'f' (Faulty): backward gives no gradient of weight 'f/w'");
  CHECK(error_of(Fault::shape) ==
        "check_gradients: Layer 'f' (Faulty): the gradient of input 0 has shape (1,) instead of "
        "(2, 3)");
}
