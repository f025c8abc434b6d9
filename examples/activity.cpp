// Human activity from a phone's motion sensors with EEGNet's architecture: a temporal convolution,
// a depthwise one over the sensors with two filters each and a max-norm constraint, a separable
// one (Lawhern et al., "EEGNet: a compact convolutional neural network for EEG-based brain-computer
// interfaces", 2018). A logistic regression on the same data is the measure of what that buys.

#include <filesystem>
#include <iostream>

#include <unistd.h>
#include <keratin/framework/io/hdf5.hpp>
#include <keratin/keratin.hpp>

using namespace keratin;
using namespace keratin::layers;

namespace {

struct Windows {
  Tensor x;  // (windows, 64 samples, 9 sensors, 1)
  Tensor y;
};

Windows read(const io::Hdf5File& file, const std::string& part) {
  Windows windows{file.read_dataset<real>("x_" + part), file.read_dataset<real>("y_" + part)};
  Shape shape = shape_of(windows.x);
  shape.push_back(1);
  windows.x.reshape(shape);
  return windows;
}

/// Each sensor to mean 0 and variance 1 over the training windows.
Normalization standardise(const Tensor& x) {
  Normalization layer({.axis = {{2}}});
  layer->adapt(x);
  return layer;
}

Model eegnet(const Windows& train) {
  const auto input = Input({64, 9, 1}, {.name = "motion"});
  auto x = standardise(train.x)(input);
  x = Conv2D({.filters = 16, .kernel_size = {16, 1}, .padding = "same", .use_bias = false})(x);
  x = BatchNormalization({.momentum = 0.9})(x);
  x = DepthwiseConv2D({.kernel_size = {1, 9},
                       .depth_multiplier = 2,
                       .use_bias = false,
                       .depthwise_constraint = constraints::MaxNorm({.max_value = 1})})(x);
  x = BatchNormalization({.momentum = 0.9})(x);
  x = Activation({.activation = "elu"})(x);
  x = AveragePooling2D({.pool_size = {2, 1}})(x);
  x = Dropout({.rate = 0.25})(x);
  x = SeparableConv2D({.filters = 32, .kernel_size = {8, 1}, .padding = "same", .use_bias = false})(
      x);
  x = BatchNormalization({.momentum = 0.9})(x);
  x = Activation({.activation = "elu"})(x);
  x = AveragePooling2D({.pool_size = {4, 1}})(x);
  x = Dropout({.rate = 0.25})(x);
  x = Flatten()(x);
  x = Dense({.units = 6,
             .activation = "softmax",
             .kernel_constraint = constraints::MaxNorm({.max_value = 1})})(x);
  return Model({input}, {x}, {.name = "eegnet"});
}

Model logistic_regression(const Windows& train) {
  const auto input = Input({64, 9, 1});
  auto x = Flatten()(standardise(train.x)(input));
  x = Dense({.units = 6, .activation = "softmax"})(x);
  return Model({input}, {x}, {.name = "logistic_regression"});
}

double train_and_test(Model model, const Windows& train, const Windows& test, std::size_t epochs) {
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 2e-3}),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"}});
  model.fit(train.x, train.y,
            {.batch_size = 32,
             .epochs = epochs,
             .verbose = isatty(STDOUT_FILENO) ? Verbose::bar : Verbose::line,
             .seed = 1});
  return log_value(model.evaluate(test.x, test.y, {.verbose = Verbose::silent}), "accuracy");
}

}  // namespace

int main() try {
  set_random_seed(1);
  const auto file =
      io::Hdf5File::open(std::filesystem::path(KERATIN_EXAMPLES_DATA) / "activity.h5");
  const Windows train = read(file, "train"), test = read(file, "test");

  const Model network = eegnet(train);
  network.summary();
  const double accuracy = train_and_test(network, train, test, 25);
  const double baseline = train_and_test(logistic_regression(train), train, test, 25);
  std::printf("logistic regression: %.4f\n", baseline);
  std::printf("test accuracy: %.4f\n", accuracy);
  std::printf("ahead by %.1f points\n", 100 * (accuracy - baseline));
  return 0;
} catch (const std::exception& error) {
  std::cerr << "activity: " << error.what() << '\n';
  return 1;
}
