#include <cstdio>
#include <memory>
#include <string>

#include <keratin/framework/layer.hpp>
#include <keratin/training/saving/difference.hpp>

#include "command.hpp"

namespace keratin::cli {
namespace {

struct Arguments {
  std::string a, b;
  bool all = false;
};

void print(const ModelDifference::Weight& weight) {
  const std::string shape = tuple_text(weight.shape), other = tuple_text(weight.other_shape);
  if (weight.is_missing) {
    std::printf("weight %s %s: only in the second\n", weight.path.c_str(), other.c_str());
  } else if (weight.is_other_missing) {
    std::printf("weight %s %s: only in the first\n", weight.path.c_str(), shape.c_str());
  } else if (weight.shape != weight.other_shape) {
    std::printf("weight %s: shape %s -> %s\n", weight.path.c_str(), shape.c_str(), other.c_str());
  } else if (weight.largest == 0) {
    std::printf("weight %s %s: the same\n", weight.path.c_str(), shape.c_str());
  } else {
    std::printf("weight %s %s: largest change %.6g\n", weight.path.c_str(), shape.c_str(),
                weight.largest);
  }
}

bool run(const Arguments& arguments) {
  const ModelDifference found = difference_of_files(arguments.a, arguments.b);
  for (const std::string& line : found.architecture) std::printf("%s\n", line.c_str());
  for (const std::string& line : found.arguments) std::printf("%s\n", line.c_str());
  std::size_t changed = 0;
  for (const ModelDifference::Weight& weight : found.weights) {
    changed += weight.differs();
    if (weight.differs() || arguments.all) print(weight);
  }
  if (found.same()) {
    std::printf("the same: architecture, arguments and %zu weights\n", found.weights.size());
  } else {
    std::printf("%zu differences of architecture, %zu of arguments, %zu of %zu weights\n",
                found.architecture.size(), found.arguments.size(), changed, found.weights.size());
  }
  return found.same();
}

}  // namespace

void add_diff(CLI::App& app, int& status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("diff", "Compare two models or weights files; status 1 where they differ");
  command->add_option("A", arguments->a, "Any of Keras's files")->required();
  command->add_option("B", arguments->b, "Any of Keras's files")->required();
  command->add_flag("--all", arguments->all, "List the weights that are the same, too");
  command->callback([arguments, &status] { status = run(*arguments) ? 0 : 1; });
}

}  // namespace keratin::cli
