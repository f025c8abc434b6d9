#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>

#include <keratin/framework/base/error.hpp>
#include <keratin/framework/io/hdf5.hpp>

#include "command.hpp"
#include "model.hpp"

namespace keratin::cli {
namespace {

struct Arguments {
  std::string model, expected, architecture;
  double rtol = 1e-4, atol = 1e-6;
};

/// The datasets NAME_0, NAME_1... of a file.
template <class T>
std::vector<BasicTensor<T>> numbered(const io::Hdf5File& file, const std::string& name) {
  std::vector<BasicTensor<T>> found;
  while (true) {
    const std::string dataset = concat(name, "_", found.size());
    if (!file.has(dataset)) return found;
    found.push_back(file.read_dataset<T>(dataset));
  }
}

/// Compares an output and says so; the differences are in double.
bool matches(std::size_t i, const Tensor& output, const BasicTensor<double>& expected,
             const Arguments& arguments) {
  if (shape_of(output) != shape_of(expected)) {
    std::printf("output_%zu: shape %s, expected %s\n", i, concat(shape_of(output)).c_str(),
                concat(shape_of(expected)).c_str());
    return false;
  }
  double largest = 0, difference = 0;
  for (std::size_t k = 0; k < expected.size(); ++k) {
    const double e = expected.data()[k], o = static_cast<double>(output.data()[k]);
    if (std::isfinite(e)) largest = std::max(largest, std::abs(e));
    const bool same = e == o || (std::isnan(e) && std::isnan(o));
    const double d = same ? 0 : std::abs(e - o);
    if (std::isnan(d)) {
      std::printf("output_%zu: element %zu is %g, expected %g\n", i, k, o, e);
      return false;
    }
    difference = std::max(difference, d);
  }
  const double allowed = arguments.atol + arguments.rtol * largest;
  const bool passes = difference <= allowed;
  std::printf("output_%zu: largest difference %.3g, allowed %.3g: %s\n", i, difference, allowed,
              passes ? "ok" : "FAILED");
  return passes;
}

bool run(const Arguments& arguments) {
  const auto function = open_model(arguments.model, arguments.architecture);
  const auto file = io::Hdf5File::open(arguments.expected);
  const Tensors inputs = numbered<real>(file, "input");
  const auto expected = numbered<double>(file, "output");
  if (inputs.empty() || expected.empty()) {
    throw FileError(concat(arguments.expected, " has no datasets input_0... and output_0..."));
  }
  const Tensors outputs = predict(*function, inputs);
  if (outputs.size() != expected.size()) {
    std::printf("%zu outputs, expected %zu\n", outputs.size(), expected.size());
    return false;
  }
  bool passes = true;
  for (std::size_t i = 0; i < outputs.size(); ++i)
    passes = matches(i, outputs[i], expected[i], arguments) && passes;
  return passes;
}

}  // namespace

void add_verify(CLI::App& app, int& status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("verify", "Compare a model's outputs with expected ones");
  command->add_option("MODEL", arguments->model, "A .keras or .h5 file")->required();
  command
      ->add_option("IO", arguments->expected,
                   "An HDF5 file with datasets input_0, input_1..., output_0, output_1...")
      ->required();
  command->add_option("--architecture", arguments->architecture,
                      "The architecture as JSON, where MODEL holds only weights");
  command
      ->add_option("--rtol", arguments->rtol,
                   "Allowed difference relative to the largest magnitude of an output")
      ->capture_default_str();
  command->add_option("--atol", arguments->atol, "Allowed absolute difference")
      ->capture_default_str();
  command->callback([arguments, &status] { status = run(*arguments) ? 0 : 1; });
}

}  // namespace keratin::cli
