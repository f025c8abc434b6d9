#include <iostream>
#include <memory>
#include <string>

#include <keratin/framework/summary.hpp>

#include "command.hpp"
#include "model.hpp"

namespace keratin::cli {

void add_summary(CLI::App& app) {
  struct Arguments {
    std::string model;
    SummaryOptions options;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("summary", "Print a model's layers, shapes and weights");
  command->add_option("MODEL", arguments->model, "A .keras or .h5 file")->required();
  command->add_flag("--expand-nested", arguments->options.expand_nested,
                    "List the layers of nested models too");
  command->add_flag("--show-trainable", arguments->options.show_trainable,
                    "Say which layers are trainable");
  command->callback(
      [arguments] { print_summary(*open_model(arguments->model), std::cout, arguments->options); });
}

}  // namespace keratin::cli
