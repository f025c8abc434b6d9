#include "../../framework/function.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "../../framework/step.hpp"
#include "../../training/saving/load_function.hpp"
#include "../support/paths.hpp"

using namespace keratin;

TEST_CASE("a Dropout that Keras 3 saved with training=False drops in training") {
  const auto function = load_function(paths::data("keras/dropout.keras"));
  Tensor input = empty({8, 4, 3});
  input.fill(1);
  const auto zeros_in_output = [&](bool training) {
    Step step{.training = training};
    Context context(step);
    context.run(*function, input);
    return std::ranges::count(context.output(), real(0));
  };
  CHECK(zeros_in_output(false) == 0);
  CHECK(zeros_in_output(true) > 0);
}
