#include <doctest/doctest.h>

#include "../../../framework/base/parallel.hpp"
#include "../../../framework/base/random.hpp"
#include "../../../framework/keratin.hpp"
#include "../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;
using keratin::testing::check_close;
using keratin::testing::noise;
using keratin::testing::same_bits;

namespace {

/// Draws graphs over images of one size.
class Drawn {
 public:
  explicit Drawn(std::uint64_t seed) : random_(seed) {}

  Model model() {
    const SymbolicTensor image = Input({7, 8, 4});
    tensors_ = {image};
    for (int i = 0; i < 12; ++i) tensors_.push_back(next(recent()));
    SymbolicTensors outputs{tensors_.back()};
    if (draw(2) == 0) outputs.push_back(tensors_[1 + draw(tensors_.size() - 2)]);
    return Model({image}, outputs);
  }

 private:
  std::size_t draw(std::size_t count) {
    return static_cast<std::size_t>(random_.block(drawn_++)[0]) % count;
  }

  /// Mostly the latest tensor.
  const SymbolicTensor& recent() {
    const std::size_t back = draw(4) == 0 ? draw(tensors_.size()) : 0;
    return tensors_[tensors_.size() - 1 - back];
  }

  SymbolicTensor next(const SymbolicTensor& x) {
    const Dim filters = draw(2) == 0 ? 4 : 5;
    const char* const activation = draw(3) == 0 ? "relu" : "linear";
    switch (draw(13)) {
      case 0:
        return Conv2D({.filters = filters, .kernel_size = 1, .activation = activation})(x);
      case 1:
        return Conv2D({.filters = filters,
                       .kernel_size = {3, 2},
                       .padding = "same",
                       .activation = activation,
                       .use_bias = draw(2) == 0})(x);
      case 2:
        return DepthwiseConv2D({.kernel_size = 3, .padding = "same", .activation = activation})(x);
      case 3:
        return SeparableConv2D({.filters = filters,
                                .kernel_size = 3,
                                .padding = "same",
                                .depth_multiplier = 1 + static_cast<Dim>(draw(2)),
                                .activation = activation})(x);
      case 4:
        return Conv2D({.filters = filters, .kernel_size = 3})(
            ZeroPadding2D({.padding = {{2, 0}, {1, 1}}})(x));
      case 5:
        return DepthwiseConv2D({.kernel_size = 3})(ZeroPadding2D({.padding = 1})(x));
      case 6:
        return Activation({.activation = draw(2) == 0 ? "relu6" : "swish"})(x);
      case 7:
        return LeakyReLU()(x);
      case 8:
        return Dropout({.rate = 0.3})(x);
      case 9:
        return MaxPooling2D({.pool_size = 2, .strides = 1, .padding = "same"})(x);
      case 10: {
        SymbolicTensors terms{x};
        for (const SymbolicTensor& other : tensors_) {
          if (other.shape() == x.shape() && terms.size() < 3 && draw(2) == 0)
            terms.push_back(other);
        }
        return Add()(terms);
      }
      case 11:
        return Conv2D({.filters = filters, .kernel_size = 1})(Concatenate()({x, recent()}));
      default:
        return BatchNormalization()(x);
    }
  }

  Random random_;
  std::uint64_t drawn_ = 0;
  SymbolicTensors tensors_;
};

}  // namespace

TEST_CASE("Random graphs are the same prepared, on any number of threads") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    const Model model = Drawn(seed).model();
    std::uint64_t weight = 1000 * seed;
    for (Parameter* parameter : model.weights()) {
      const bool trained = parameter->is_trainable_kind();
      parameter->assign(noise(shape_of(parameter->value()), weight++, trained ? -0.5 : 0.5, 0.7));
    }
    const Tensor x = noise({3, 7, 8, 4}, seed);
    const Tensors expected = model.predict_all(x, {.prepared = false});
    const Tensors actual = model.predict_all(x);
    const int before = num_threads();
    set_num_threads(before == 1 ? 2 : 1);
    const Tensors again = model.predict_all(x);
    set_num_threads(before);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      check_close(actual[i], expected[i], sizeof(real) == 4 ? 1e-5 : 1e-12);
      CHECK(same_bits(again[i], actual[i]));
    }
  }
}
