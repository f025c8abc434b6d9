#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <keratin/framework/base/error.hpp>
#include <keratin/framework/layer.hpp>
#include <keratin/training/saving/inspection.hpp>

#include "command.hpp"

namespace keratin::cli {
namespace {

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (end > begin) parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// The array's name and statistics, indented below the groups that were not printed before.
void print(const StoredArray& array, std::vector<std::string>& above) {
  std::vector<std::string> parts = parts_of(array.path);
  const std::string name = parts.empty() ? array.path : parts.back();
  if (!parts.empty()) parts.pop_back();
  std::size_t same = 0;
  while (same < parts.size() && same < above.size() && parts[same] == above[same]) ++same;
  for (std::size_t i = same; i < parts.size(); ++i)
    std::printf("%*s%s/\n", static_cast<int>(2 * i), "", parts[i].c_str());
  above = parts;
  std::printf("%*s%s  %s %s, %llu bytes", static_cast<int>(2 * parts.size()), "", name.c_str(),
              array.dtype.c_str(), tuple_text(array.shape).c_str(),
              static_cast<unsigned long long>(array.bytes));
  if (array.dtype != "string" && array.dtype != "unknown") {
    std::printf(", min %.6g, max %.6g, mean %.6g, deviation %.6g", array.min, array.max, array.mean,
                array.deviation);
  }
  if (array.not_finite) std::printf(", %zu not finite", array.not_finite);
  std::printf("\n");
}

void run(const std::string& path) {
  const Inspection found = inspect_file(path);
  std::printf("format: %s\n", found.format.c_str());
  if (!found.keras_version.empty()) std::printf("Keras: %s\n", found.keras_version.c_str());
  if (!found.backend.empty()) std::printf("backend: %s\n", found.backend.c_str());
  if (!found.model.empty()) std::printf("model: %s\n", found.model.c_str());
  if (!found.model.empty()) std::printf("compiled: %s\n", found.is_compiled ? "yes" : "no");
  std::vector<std::string> above;
  std::size_t elements = 0;
  unsigned long long bytes = 0;
  for (const StoredArray& array : found.arrays) {
    print(array, above);
    std::size_t size = 1;
    for (const Dim dim : array.shape) size *= static_cast<std::size_t>(dim);
    elements += size;
    bytes += array.bytes;
  }
  std::printf("%zu arrays, %zu elements, %llu bytes\n", found.arrays.size(), elements, bytes);
}

}  // namespace

void add_inspect(CLI::App& app) {
  auto path = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("inspect", "Print the tree of a file's weights with sizes and statistics");
  command->add_option("FILE", *path, "Any of Keras's files, also weights alone")->required();
  command->callback([path] { run(*path); });
}

}  // namespace keratin::cli
