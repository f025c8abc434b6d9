// Trains a depthwise-separable network on handwritten digits, saves it as Keras does and shows
// that the loaded network predicts the same bits.
//
//     digits [mnist|optdigits] [--epochs N] [--output FILE]

#include <cstring>
#include <filesystem>
#include <iostream>
#include <string>

#include <unistd.h>
#include <CLI/CLI.hpp>
#include <keratin/keratin.hpp>

#include "readers/digits.hpp"

using namespace keratin;
using namespace keratin::layers;

namespace {

struct Split {
  readers::Digits train, test;
  real brightest;
};

Split load(const std::string& name) {
  const std::filesystem::path folder = KERATIN_EXAMPLES_DATA;
  if (name == "optdigits") {
    return {readers::read_optdigits(folder / "optdigits.tra"),
            readers::read_optdigits(folder / "optdigits.tes"), 16};
  }
  const readers::Digits all =
      readers::read_idx(folder / "t10k-images-idx3-ubyte.gz", folder / "t10k-labels-idx1-ubyte.gz");
  constexpr std::size_t train = 8000;
  const std::size_t count = all.labels.size();
  return {{readers::rows(all.images, 0, train), readers::rows(all.labels, 0, train)},
          {readers::rows(all.images, train, count), readers::rows(all.labels, train, count)},
          255};
}

/// A depthwise-separable block: SeparableConv2D, BatchNormalization, ReLU.
void add_block(Sequential& model, Dim filters) {
  model.add(SeparableConv2D(
      {.filters = filters, .kernel_size = 3, .padding = "same", .use_bias = false}));
  model.add(BatchNormalization({.momentum = 0.9}));
  model.add(ReLU());
}

Sequential make_model(const Shape& image, real brightest) {
  Sequential model({Input(image), Rescaling({.scale = 1.0 / brightest})}, {.name = "digits"});
  model.add(Conv2D({.filters = 24, .kernel_size = 3, .padding = "same", .use_bias = false}));
  model.add(BatchNormalization({.momentum = 0.9}));
  model.add(ReLU());
  add_block(model, 48);
  model.add(MaxPooling2D());
  add_block(model, 96);
  model.add(MaxPooling2D());
  add_block(model, 128);
  model.add(GlobalAveragePooling2D());
  model.add(Dropout({.rate = 0.2}));
  model.add(Dense({.units = 10, .activation = "softmax"}));
  return model;
}

}  // namespace

int main(int argc, char** argv) try {
  std::string data = "mnist", output = "digits.keras";
  std::size_t epochs = 8;
  CLI::App app("Trains a depthwise-separable network on handwritten digits.");
  app.add_option("data", data, "which digits")->check(CLI::IsMember({"mnist", "optdigits"}));
  app.add_option("--epochs", epochs, "how often each image is seen");
  app.add_option("--output", output, "where the network is saved");
  CLI11_PARSE(app, argc, argv);

  set_random_seed(1);
  const Split split = load(data);
  Shape image = shape_of(split.train.images);
  image.erase(image.begin());
  Sequential model = make_model(image, split.brightest);
  model.summary();

  const auto steps = static_cast<int>(epochs * ((split.train.labels.size() + 63) / 64));
  model.compile(
      {.optimizer = optimizers::Adam({.learning_rate = optimizers::schedules::CosineDecay(
                                          {.initial_learning_rate = 4e-3, .decay_steps = steps})}),
       .loss = "sparse_categorical_crossentropy",
       .metrics = {"accuracy"}});
  model.fit(split.train.images, split.train.labels,
            {.batch_size = 64,
             .epochs = epochs,
             .verbose = isatty(STDOUT_FILENO) ? Verbose::bar : Verbose::line,
             .seed = 1});
  const Logs logs = model.evaluate(split.test.images, split.test.labels,
                                   {.batch_size = 250, .verbose = Verbose::silent});
  std::printf("test accuracy: %.4f\n", log_value(logs, "accuracy"));

  model.save(output);
  const Model loaded = load_model(output);
  const Tensor before = model.predict(split.test.images), after = loaded.predict(split.test.images);
  const bool same = before.shape() == after.shape() &&
                    std::memcmp(before.data(), after.data(), before.size() * sizeof(real)) == 0;
  std::cout << "saved to " << output << ", loaded again: predictions are "
            << (same ? "the same bits" : "different") << '\n';
  return same ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << "digits: " << error.what() << '\n';
  return 1;
}
