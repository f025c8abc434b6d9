#include "../../../framework/prepared/prepared_graph.hpp"

#include <filesystem>

#include <doctest/doctest.h>

#include "../../../applications/mobilenet.hpp"
#include "../../../applications/mobilenet_v2.hpp"
#include "../../../framework/base/parallel.hpp"
#include "../../../framework/keratin.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/golden_models.hpp"
#include "../../support/paths.hpp"

using namespace keratin;
using namespace keratin::layers;
using keratin::testing::check_close;
using keratin::testing::noise;
using keratin::testing::same_bits;

namespace {

/// Weights that hide no mistake: noise, and variances that are positive.
void fill_weights(const Function& function) {
  std::uint64_t seed = 100;
  for (Parameter* parameter : function.weights()) {
    const bool trained = parameter->is_trainable_kind();
    parameter->assign(noise(shape_of(parameter->value()), seed++, trained ? -0.5 : 0.5, 1));
  }
}

Tensors run(const Function& function, const Tensors& inputs, bool prepared) {
  std::vector<const Tensor*> refs;
  for (const Tensor& input : inputs) refs.push_back(&input);
  keratin::Step step{.prepared = prepared};
  Context context(step);
  context.run(function, refs);
  return context.take_outputs();
}

/// Prepared and unprepared outputs are the same but for rounding, on any number of threads. `rtol`
/// is for float.
void check_prepared(const Function& function, const Tensors& inputs, double rtol = 1e-5) {
  const Tensors expected = run(function, inputs, false), actual = run(function, inputs, true);
  REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    REQUIRE(shape_of(actual[i]) == shape_of(expected[i]));
    check_close(actual[i], expected[i], sizeof(real) == 4 ? rtol : 1e-12);
  }
  const int before = num_threads();
  for (const int threads : {1, 2, 7}) {
    set_num_threads(threads);
    const Tensors again = run(function, inputs, true);
    for (std::size_t i = 0; i < actual.size(); ++i) CHECK(same_bits(again[i], actual[i]));
  }
  set_num_threads(before);
}

std::size_t steps_of(const Function& function) {
  return prepared::fuse(function.call_list()).steps.size();
}

/// How many steps a model takes when it is prepared, after checking what it computes.
std::size_t checked_steps(const SymbolicTensors& inputs, const SymbolicTensors& outputs,
                          Dim batch = 2) {
  const Model model(inputs, outputs);
  fill_weights(model.function());
  Tensors data;
  for (const SymbolicTensor& input : inputs) {
    Shape shape = input.shape();
    shape[0] = batch;
    data.push_back(noise(shape, data.size() + 1));
  }
  check_prepared(model.function(), data);
  return steps_of(model.function());
}

std::size_t checked_steps(const SymbolicTensor& input, const SymbolicTensor& output) {
  return checked_steps(SymbolicTensors{input}, SymbolicTensors{output});
}

Activation relu6() { return Activation({.activation = "relu6"}); }

}  // namespace

TEST_CASE("Normalization and activation go into the layer before them") {
  const SymbolicTensor image = Input({9, 8, 5}), series = Input({11, 5}), row = Input({7});
  const auto end = [](const SymbolicTensor& x) { return relu6()(BatchNormalization()(x)); };
  CHECK(checked_steps(image, end(Conv2D({.filters = 6, .kernel_size = 3})(image))) == 1);
  CHECK(checked_steps(image, end(Conv2D({.filters = 6, .kernel_size = 1})(image))) == 1);
  CHECK(checked_steps(image, end(Conv2D({.filters = 10,
                                         .kernel_size = 3,
                                         .strides = 2,
                                         .padding = "same",
                                         .groups = 5,
                                         .use_bias = false})(image))) == 1);
  CHECK(checked_steps(image,
                      end(DepthwiseConv2D({.kernel_size = 3, .depth_multiplier = 2})(image))) == 1);
  CHECK(checked_steps(image, end(SeparableConv2D({.filters = 6, .kernel_size = 3})(image))) == 1);
  CHECK(checked_steps(image, end(Conv2DTranspose(
                                 {.filters = 6, .kernel_size = 3, .strides = 2, .padding = "same"})(
                                 image))) == 1);
  CHECK(checked_steps(series, end(Conv1D({.filters = 6, .kernel_size = 3, .padding = "causal"})(
                                  series))) == 1);
  CHECK(checked_steps(series, end(DepthwiseConv1D({.kernel_size = 3})(series))) == 1);
  CHECK(checked_steps(series, end(SeparableConv1D({.filters = 4, .kernel_size = 3})(series))) == 1);
  CHECK(checked_steps(series, end(Conv1DTranspose({.filters = 4, .kernel_size = 3})(series))) == 1);
  CHECK(checked_steps(row, end(Dense({.units = 12})(row))) == 1);
  CHECK(checked_steps(series, end(Dense({.units = 12})(series))) == 1);
  const SymbolicTensor volume = Input({4, 5, 6, 3});
  CHECK(checked_steps(volume, end(Conv3D({.filters = 6, .kernel_size = 2})(volume))) == 1);
  CHECK(checked_steps(volume, end(Conv3DTranspose({.filters = 6, .kernel_size = 2})(volume))) == 1);
}

TEST_CASE("Activations of every kind can end a layer") {
  const SymbolicTensor image = Input({6, 5, 4});
  const auto with = [&](const SymbolicTensor& x) {
    const SymbolicTensor deep = DepthwiseConv2D({.kernel_size = 3})(image);
    return checked_steps(SymbolicTensors{image}, {x, deep});
  };
  const SymbolicTensor x = Conv2D({.filters = 6, .kernel_size = 3})(image);
  CHECK(with(ReLU({.max_value = 0.1})(x)) == 2);
  CHECK(with(ReLU({.max_value = 2, .negative_slope = 0.1, .threshold = 0.5})(x)) == 2);
  CHECK(with(LeakyReLU()(x)) == 2);
  CHECK(with(Activation({.activation = "swish"})(x)) == 2);
  CHECK(with(Activation({.activation = "linear"})(x)) == 2);
  CHECK(with(relu6()(relu6()(x))) == 3);
  CHECK(with(Activation({.activation = "softmax"})(x)) == 3);
  CHECK(with(BatchNormalization()(
            Conv2D({.filters = 6, .kernel_size = 3, .activation = "relu"})(image))) == 3);
  CHECK(with(BatchNormalization()(
            Conv2D({.filters = 6, .kernel_size = 3, .activation = "softmax"})(image))) == 3);
}

TEST_CASE("The blocks of MobileNet V1 and V2, Xception and ResNet") {
  const SymbolicTensor image = Input({12, 12, 8});
  const auto pointwise = [](Dim filters, const SymbolicTensor& x) {
    return BatchNormalization()(
        Conv2D({.filters = filters, .kernel_size = 1, .use_bias = false})(x));
  };
  const auto deep = [](Dim stride, const SymbolicTensor& x) {
    const SymbolicTensor padded = stride == 1 ? x : ZeroPadding2D({.padding = {{0, 1}, {0, 1}}})(x);
    return relu6()(BatchNormalization()(DepthwiseConv2D({.kernel_size = 3,
                                                         .strides = stride,
                                                         .padding = stride == 1 ? "same" : "valid",
                                                         .use_bias = false})(padded)));
  };
  CHECK(checked_steps(image, relu6()(pointwise(16, deep(1, image)))) == 1);
  CHECK(checked_steps(image, relu6()(pointwise(16, deep(2, image)))) == 1);
  // The inverted residual: expansion, then the rest.
  const SymbolicTensor wide = relu6()(pointwise(48, image));
  CHECK(checked_steps(image, Add()({image, pointwise(8, deep(1, wide))})) == 2);
  CHECK(checked_steps(image, pointwise(8, deep(2, wide))) == 2);
  const auto separable = [](const SymbolicTensor& x) {
    return BatchNormalization()(
        SeparableConv2D({.filters = 8, .kernel_size = 3, .padding = "same", .use_bias = false})(x));
  };
  const Activation relu({.activation = "relu"});
  const SymbolicTensor twice = separable(relu(separable(image)));
  CHECK(checked_steps(image, Add()({twice, image})) == 2);
  CHECK(checked_steps(image, relu(Add()({pointwise(8, image), image}))) == 1);
  const SymbolicTensor conv =
      BatchNormalization()(Conv2D({.filters = 8, .kernel_size = 3, .padding = "same"})(image));
  CHECK(checked_steps(image, relu(Add()({conv, image}))) == 2);
}

TEST_CASE("Padding goes into the convolution behind it") {
  const SymbolicTensor image = Input({7, 9, 4}), series = Input({5, 3}),
                       volume = Input({3, 4, 5, 2});
  const ZeroPadding2D around({.padding = {{0, 2}, {3, 1}}});
  CHECK(checked_steps(image, Conv2D({.filters = 3, .kernel_size = 3})(around(image))) == 1);
  CHECK(checked_steps(
            image, Conv2D({.filters = 3, .kernel_size = {3, 2}, .strides = 2, .padding = "same"})(
                       around(image))) == 1);
  CHECK(checked_steps(image, Conv2D({.filters = 3, .kernel_size = 1})(around(image))) == 1);
  CHECK(checked_steps(image,
                      DepthwiseConv2D({.kernel_size = 3, .dilation_rate = 2})(around(image))) == 1);
  CHECK(checked_steps(image, SeparableConv2D({.filters = 3, .kernel_size = 3, .strides = 2})(
                                 around(image))) == 1);
  CHECK(checked_steps(image, MaxPooling2D()(around(image))) == 2);
  CHECK(checked_steps(image, around(image)) == 1);
  // More zeros than windows: some see nothing else.
  CHECK(checked_steps(image, Conv2D({.filters = 3, .kernel_size = 3})(
                                 ZeroPadding2D({.padding = 6})(image))) == 1);
  CHECK(checked_steps(image, SeparableConv2D({.filters = 3, .kernel_size = 3})(
                                 ZeroPadding2D({.padding = 6})(image))) == 1);
  CHECK(checked_steps(series, Conv1D({.filters = 3, .kernel_size = 3, .padding = "causal"})(
                                  ZeroPadding1D({.padding = {1, 2}})(series))) == 1);
  CHECK(checked_steps(volume, Conv3D({.filters = 3, .kernel_size = 3})(
                                  ZeroPadding3D({.padding = 1})(volume))) == 1);
}

TEST_CASE("What does nothing in inference goes") {
  const SymbolicTensor x = Input({6}), image = Input({4, 4, 3});
  CHECK(checked_steps(x, Dropout({.rate = 0.5})(Identity()(x))) == 0);
  CHECK(checked_steps(x, Dense({.units = 3})(GaussianNoise({.stddev = 1})(x))) == 1);
  CHECK(checked_steps(image, SpatialDropout2D({.rate = 0.5})(
                                 Conv2D({.filters = 2, .kernel_size = 1})(image))) == 1);
  const SymbolicTensor flat = Flatten()(Conv2D({.filters = 2, .kernel_size = 3})(image));
  CHECK(checked_steps(image, Dense({.units = 3})(Reshape({.target_shape = {4, 2}})(flat))) == 4);
  CHECK(checked_steps(image, Flatten()(image)) == 1);
  CHECK(checked_steps(image, Dense({.units = 3})(Flatten()(image))) == 2);
}

TEST_CASE("What others read too stays") {
  const SymbolicTensor image = Input({6, 6, 4});
  const SymbolicTensor x = Conv2D({.filters = 4, .kernel_size = 1})(image);
  const SymbolicTensor y = BatchNormalization()(x);
  CHECK(checked_steps(SymbolicTensors{image}, {x, y}) == 2);
  CHECK(checked_steps(image, Add()({x, y})) == 3);
  CHECK(checked_steps(image, Add()({x, x})) == 2);
  CHECK(checked_steps(image, Add()({y, y, image})) == 2);
  CHECK(checked_steps(SymbolicTensors{image}, {y, y, image}) == 1);
  const SymbolicTensor channel = Conv2D({.filters = 1, .kernel_size = 1})(image);
  CHECK(checked_steps(image, Add()({x, channel})) == 3);
  CHECK(checked_steps(image, Multiply()({relu6()(x), y})) == 4);
  const SymbolicTensor a = Input({5}), b = Input({5});
  CHECK(checked_steps({a, b}, {Add()({Dense({.units = 5})(a), Dense({.units = 5})(b)})}) == 2);
}

TEST_CASE("Channels first, activity regularizers and unknown sizes") {
  const SymbolicTensor first = Input({3, 6, 6});
  const Conv2D conv({.filters = 4, .kernel_size = 3, .data_format = "channels_first"});
  CHECK(checked_steps(first, relu6()(BatchNormalization({.axis = 1})(conv(first)))) == 3);
  const SymbolicTensor row = Input({4});
  const Dense dense({.units = 3}, {.activity_regularizer = "l2"});
  CHECK(checked_steps(row, relu6()(dense(row))) == 2);
  const SymbolicTensor open = Input({unknown, unknown, 3});
  const Model model({open}, {relu6()(SeparableConv2D({.filters = 4, .kernel_size = 3})(open))});
  fill_weights(model.function());
  for (const Dim size : {3, 8, 17, 64})
    check_prepared(model.function(), {noise({2, size, size + 1, 3}, 1)});
  CHECK_THROWS_AS(model.predict(noise({1, 2, 2, 3}, 1)), ShapeError);
}

TEST_CASE("Bands of rows: images larger than the cache") {
  for (const Dim stride : {1, 2}) {
    const SymbolicTensor image = Input({61, 70, 24});
    const SymbolicTensor deep = DepthwiseConv2D(
        {.kernel_size = 5, .strides = stride, .padding = "same", .activation = "swish"})(image);
    CHECK(checked_steps(image, Conv2D({.filters = 24, .kernel_size = 1})(deep)) == 1);
  }
  const SymbolicTensor image = Input({61, 70, 24});
  CHECK(checked_steps(image, Add()({SeparableConv2D({.filters = 24,
                                                     .kernel_size = 3,
                                                     .padding = "same",
                                                     .dilation_rate = 2})(image),
                                    image})) == 1);
}

TEST_CASE("Predictions follow the weights") {
  Sequential model({Input({6, 6, 3}), Conv2D({.filters = 4, .kernel_size = 3}),
                    BatchNormalization(), Flatten(), Dense({.units = 2})});
  const Tensor x = noise({4, 6, 6, 3}, 1);
  for (Parameter* parameter : model.weights()) {
    const Tensor before = model.predict(x);
    parameter->assign(noise(shape_of(parameter->value()), 7, 0.5, 2));
    const Tensor after = model.predict(x);
    CHECK(!same_bits(before, after));
    check_close(after, model.predict(x, {.prepared = false}), 1e-5);
  }
  model.pop();
  CHECK(shape_of(model.predict(x)) == Shape{4, 64});
  model.add(Dense({.units = 3}));
  CHECK(shape_of(model.predict(x)) == Shape{4, 3});
}

TEST_CASE("A graph with masks runs call by call") {
  const SymbolicTensor words = Input({5});
  const SymbolicTensor vectors =
      Embedding({.input_dim = 7, .output_dim = 4, .mask_zero = true})(words);
  const SymbolicTensor hidden = Dense({.units = 6, .activation = "relu"})(vectors);
  const Model model({words}, {GlobalAveragePooling1D()(hidden)});
  Tensor x = zeros({2, 5});
  x(0, 0) = x(0, 1) = x(1, 3) = 3;
  const Tensor expected = model.predict(x, {.prepared = false});
  CHECK(same_bits(model.predict(x), expected));
  CHECK(same_bits(model.predict(x), expected));
}

TEST_CASE("Memory is planned by lifetime") {
  const SymbolicTensor image = Input({16, 16, 8});
  SymbolicTensor x = image;
  for (int i = 0; i < 6; ++i)
    x = Conv2D({.filters = 8, .kernel_size = 3, .padding = "same", .activation = "relu"})(x);
  const Model model({image}, {GlobalAveragePooling2D()(x)});
  const auto memory = model.function().prepared_memory({{1, 16, 16, 8}});
  REQUIRE(memory);
  const std::size_t tensor = 16 * 16 * 8 * sizeof(real);
  CHECK(memory->all == 6 * tensor + 8 * sizeof(real));
  CHECK(memory->alive == 2 * tensor);
  CHECK(memory->planned >= memory->alive);
}

TEST_CASE("Keras's MobileNets, made and loaded") {
  const Model first = applications::MobileNet({.input_shape = {64, 64, 3}, .alpha = 0.25});
  CHECK(steps_of(first.function()) == 18);
  fill_weights(first.function());
  check_prepared(first.function(), {noise({1, 64, 64, 3}, 1)});
  const Model second = applications::MobileNetV2({.input_shape = {64, 64, 3}, .alpha = 0.35});
  // 17 blocks, of which the first has no expansion, between two convolutions, and a head of two.
  CHECK(steps_of(second.function()) == 1 + 1 + 2 * 16 + 1 + 2);
  const auto file = paths::shared("golden/models/mobilenet_v1_025_64.keras");
  if (std::filesystem::exists(file)) CHECK(steps_of(*load_function(file)) == 18);
}

TEST_CASE("Keras's models are the same prepared") {
  std::size_t count = 0;
  for (const std::string& folder :
       {paths::data("keras"), paths::shared("golden/layers"), paths::shared("golden/models")}) {
    for (const auto& golden : testing::golden_models(folder, ".keras")) {
      if (!testing::unknown_layers(golden.model).empty()) continue;
      CAPTURE(golden.model.string());
      const auto function = load_function(golden.model);
      const auto file = io::Hdf5File::open(golden.io);
      Tensors inputs;
      while (file.has(concat("input_", inputs.size())))
        inputs.push_back(file.read_dataset<real>(concat("input_", inputs.size())));
      // As deep networks are compared with Keras: 28 layers add their roundings up, in either form.
      check_prepared(*function, inputs, folder.ends_with("models") ? 1e-4 : 1e-5);
      ++count;
    }
  }
  MESSAGE(count << " models");
  CHECK(count > 0);
}
