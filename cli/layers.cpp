#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <keratin/layers/catalogue.hpp>
#include <keratin/layers/keras_classes.hpp>

#include "command.hpp"

namespace keratin::cli {
namespace {

/// "Operation" stands for a function in a graph: users call the function.
bool is_named_by_users(const std::string& name) { return name != "Operation"; }

std::string code(const std::string& name) { return "`" + name + "`"; }

/// The README's table: the layers by folder, then what Keras has beside them, by reason.
void print_markdown() {
  std::printf("| Layers | |\n|---|---|\n");
  for (const layers::LayerFolder& folder : layers::layer_folders()) {
    std::printf("| %s |", folder.name.c_str());
    for (const std::string& name : folder.classes) {
      if (is_named_by_users(name)) std::printf(" %s", code(name).c_str());
    }
    std::printf(" |\n");
  }
  std::vector<std::pair<std::string, std::string>> reasons;
  for (const layers::MissingLayer& missing : layers::missing_layers()) {
    const auto same =
        std::ranges::find(reasons, missing.reason, &std::pair<std::string, std::string>::first);
    if (same == reasons.end()) {
      reasons.emplace_back(missing.reason, code(missing.name));
    } else {
      same->second += " " + code(missing.name);
    }
  }
  if (reasons.empty()) return;
  std::printf("\n| Of keras.layers, not there | because it |\n|---|---|\n");
  for (const auto& [reason, names] : reasons)
    std::printf("| %s | %s |\n", names.c_str(), reason.c_str());
}

void print_names() {
  for (const std::string& name : Registry<Layer>::instance().names()) {
    if (is_named_by_users(name)) std::printf("%s\n", name.c_str());
  }
}

}  // namespace

void add_layers(CLI::App& app) {
  CLI::App* const command =
      app.add_subcommand("layers", "List the layer classes that files may name");
  const auto markdown = std::make_shared<bool>(false);
  command->add_flag("--markdown", *markdown,
                    "As the table in the README, with what Keras has beside them");
  command->callback([markdown] { *markdown ? print_markdown() : print_names(); });
}

}  // namespace keratin::cli
