// Loads a network that Keras saved, shows that it computes what Keras computes, fine-tunes its last
// layer with the rest frozen, and saves it so that Keras opens it again.
//
//     load_keras [--output FILE]

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>

#include <unistd.h>
#include <CLI/CLI.hpp>
#include <keratin/framework/io/hdf5.hpp>
#include <keratin/keratin.hpp>

#include "readers/digits.hpp"

using namespace keratin;

int main(int argc, char** argv) try {
  std::string output = "fine_tuned.keras";
  CLI::App app("Loads a network that Keras saved, fine-tunes it and saves it for Keras.");
  app.add_option("--output", output, "where the network is saved");
  CLI11_PARSE(app, argc, argv);

  const std::filesystem::path data = KERATIN_EXAMPLES_DATA;
  Model model = load_model(data / "digits_dscnn.keras");
  model.summary();

  const auto expected = io::Hdf5File::open(data / "digits_dscnn.io.h5");
  const Tensor prediction = model.predict(expected.read_dataset<real>("input_0"));
  const Tensor reference = expected.read_dataset<real>("output_0");
  real difference = 0;
  for (std::size_t i = 0; i < prediction.size(); ++i)
    difference = std::max(difference, std::abs(prediction.flat(i) - reference.flat(i)));
  std::printf("largest difference from what Keras computes: %.1e\n",
              static_cast<double>(difference));

  readers::Digits digits =
      readers::read_idx(data / "t10k-images-idx3-ubyte.gz", data / "t10k-labels-idx1-ubyte.gz");
  for (real& pixel : digits.images) pixel = pixel / 127.5F - 1;
  const Tensor train = readers::rows(digits.images, 0, 2000);
  const Tensor train_labels = readers::rows(digits.labels, 0, 2000);
  const Tensor test = readers::rows(digits.images, 9000, 10000);
  const Tensor test_labels = readers::rows(digits.labels, 9000, 10000);

  // The base keeps what it knows; only the classifier learns.
  for (const LayerHandle& layer : model.layers()) layer->set_trainable(layer->name() == "probs");
  set_random_seed(1);
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.05}),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"}});
  const auto accuracy = [&] {
    return log_value(model.evaluate(test, test_labels, {.verbose = Verbose::silent}), "accuracy");
  };
  std::printf("accuracy before fine-tuning: %.3f\n", accuracy());
  model.fit(train, train_labels,
            {.batch_size = 50,
             .epochs = 5,
             .verbose = isatty(STDOUT_FILENO) ? Verbose::bar : Verbose::line,
             .seed = 1});
  std::printf("accuracy after fine-tuning: %.3f\n", accuracy());

  model.save(output);
  std::cout << "saved to " << output << "; in Python: keras.saving.load_model(\"" << output
            << "\")\n";
  return 0;
} catch (const std::exception& error) {
  std::cerr << "load_keras: " << error.what() << '\n';
  return 1;
}
