#include <memory>
#include <string>
#include <vector>

#include <keratin/framework/base/error.hpp>
#include <keratin/framework/io/npy.hpp>

#include "command.hpp"
#include "model.hpp"

namespace keratin::cli {
namespace {

struct Arguments {
  std::string model;
  std::vector<std::string> inputs, outputs;
};

void run(const Arguments& arguments) {
  const auto function = open_model(arguments.model);
  Tensors inputs;
  for (const std::string& path : arguments.inputs) inputs.push_back(io::read_npy<real>(path));
  const Tensors outputs = predict(*function, inputs);
  if (outputs.size() != arguments.outputs.size()) {
    throw ValueError(concat("The model has ", outputs.size(), " output(s), but --output was given ",
                            arguments.outputs.size(), " time(s)."));
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) io::write_npy(arguments.outputs[i], outputs[i]);
}

}  // namespace

void add_predict(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("predict", "Compute a model's outputs");
  command->add_option("MODEL", arguments->model, "A .keras or .h5 file")->required();
  command->add_option("--input", arguments->inputs, "A .npy file; once for each input of the model")
      ->required()
      ->expected(1)
      ->take_all();
  command->add_option("--output", arguments->outputs, "Where each output goes, as .npy")
      ->required()
      ->expected(1)
      ->take_all();
  command->callback([arguments] { run(*arguments); });
}

}  // namespace keratin::cli
