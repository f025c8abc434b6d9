#include <cstdio>
#include <memory>
#include <string>

#include <keratin/framework/base/error.hpp>
#include <keratin/framework/io/atomic_file.hpp>
#include <keratin/training/saving/load_function.hpp>
#include <keratin/training/saving/load_model.hpp>

#include "command.hpp"

namespace keratin::cli {
namespace {

struct Arguments {
  std::string in, out, keras_version, architecture;
};

Model open(const Arguments& arguments) {
  LoadReport report;
  const auto load = [&] {
    const bool is_json = arguments.in.ends_with(".json");
    if (is_json && arguments.out.ends_with(".json"))
      return model_from_json(io::read_file(arguments.in), &report);
    if (arguments.architecture.empty()) return load_model(arguments.in, {.report = &report});
    Model model = model_from_json(io::read_file(arguments.architecture), &report);
    model.load_weights(arguments.in, {.report = &report});
    return model;
  };
  Model model = load();
  for (const std::string& note : report.notes)
    std::fprintf(stderr, "keratin: note: %s\n", note.c_str());
  for (const std::string& warning : report.warnings)
    std::fprintf(stderr, "keratin: warning: %s\n", warning.c_str());
  return model;
}

void run(const Arguments& arguments) {
  const Model model = open(arguments);
  std::vector<std::string> notes;
  const SaveOptions options{.keras_version = arguments.keras_version, .notes = &notes};
  if (arguments.out.ends_with(".weights.h5")) {
    model.save_weights(arguments.out, options);
  } else {
    model.save(arguments.out, options);
  }
  for (const std::string& note : notes) std::fprintf(stderr, "keratin: note: %s\n", note.c_str());
}

}  // namespace

void add_convert(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("convert", "Write a model in another format or for another Keras");
  command->add_option("IN", arguments->in, "Any of Keras's files")->required();
  command
      ->add_option("OUT", arguments->out,
                   "Its ending tells the format: .keras, .h5, .weights.h5, .json")
      ->required();
  command->add_option("--keras-version", arguments->keras_version,
                      "The Keras that shall read OUT: 2.15 to 2.21, 3.0 to 3.15; by default any "
                      "Keras 3 that knows the model's layers");
  command->add_option("--architecture", arguments->architecture,
                      "The architecture as JSON, where IN holds only weights");
  command->callback([arguments] { run(*arguments); });
}

}  // namespace keratin::cli
