#include <cstdio>

#include <keratin/framework/layer.hpp>

#include "command.hpp"

namespace keratin::cli {

void add_layers(CLI::App& app) {
  app.add_subcommand("layers", "List the layer classes that files may name")->callback([] {
    for (const std::string& name : Registry<Layer>::instance().names())
      std::printf("%s\n", name.c_str());
  });
}

}  // namespace keratin::cli
