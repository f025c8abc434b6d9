#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/io/atomic_file.hpp"
#include "../../../framework/io/hdf5.hpp"
#include "../../../training/saving/load_function.hpp"
#include "../../../training/saving/model_file.hpp"
#include "../../support/paths.hpp"

// Every file of the collection that lies beside the project, against the outputs it should give.
// With KERATIN_KERAS_FILES=docs/keras-files.md in the environment it writes the report of that
// name.

namespace fs = std::filesystem;

namespace keratin::inline KERATIN_VARIANT {
namespace {

constexpr double rtol = 1e-4, atol = 1e-6;

struct Case {
  fs::path model;
  fs::path expected;
  /// Where the weights and the architecture are two files.
  fs::path architecture = {};
};

struct Result {
  Case of;
  std::string version;
  std::string format;
  /// Empty where the outputs are the expected ones.
  std::string failure;
};

bool is_model(const fs::path& path) {
  const std::string name = path.string();
  if (name.ends_with(".io.h5") || name.ends_with(".weights.h5") ||
      name.ends_with("_inputs_and_outputs.h5")) {
    return false;
  }
  return name.ends_with(".keras") || name.ends_with(".h5") || name.ends_with(".hdf5");
}

/// The models below `folder` with an `.io.h5`, or what DL4J has in its place, beside them.
std::vector<Case> cases_in(const fs::path& folder) {
  std::vector<Case> found;
  if (!fs::exists(folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const fs::path& path = entry.path();
    if (!is_model(path)) continue;
    std::vector<fs::path> candidates = {path.string() + ".io.h5",
                                        fs::path(path).replace_extension(".io.h5")};
    if (path.string().ends_with("_model.h5")) {
      const std::string stem = path.string().substr(0, path.string().size() - 9);
      candidates.emplace_back(stem + "_inputs_and_outputs.h5");
    }
    for (const fs::path& expected : candidates) {
      if (!fs::exists(expected)) continue;
      Case one{path, expected};
      const auto file = io::Hdf5File::open(expected);
      if (file.has_attribute("/", "architecture_file")) {
        const fs::path architecture =
            path.parent_path() / file.string_attribute("/", "architecture_file");
        if (architecture != path) one.architecture = architecture;
      }
      found.push_back(one);
      break;
    }
  }
  std::ranges::sort(found, {}, &Case::model);
  return found;
}

template <class T>
std::vector<BasicTensor<T>> numbered(const io::Hdf5File& file, const std::string& name,
                                     const std::string& group) {
  std::vector<BasicTensor<T>> found;
  if (file.has(group)) {
    for (const std::string& dataset : file.datasets(group))
      found.push_back(file.read_dataset<T>(dataset));
    return found;
  }
  while (file.has(concat(name, "_", found.size())))
    found.push_back(file.read_dataset<T>(concat(name, "_", found.size())));
  return found;
}

std::string difference(const Tensor& output, const BasicTensor<double>& expected) {
  if (shape_of(output) != shape_of(expected))
    return concat("shape ", shape_of(output), " instead of ", shape_of(expected));
  double largest = 0, most = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double e = expected.data()[i], o = static_cast<double>(output.data()[i]);
    if (std::isfinite(e)) largest = std::max(largest, std::abs(e));
    if (e == o || (std::isnan(e) && std::isnan(o))) continue;
    if (!(std::abs(e - o) >= 0)) return concat("element ", i, " is ", o, " instead of ", e);
    most = std::max(most, std::abs(e - o));
  }
  return most <= atol + rtol * largest ? "" : concat("differs by ", most);
}

std::string failure_of(const Case& one, Result& result) {
  const saving::ModelFile file = saving::open_model_file(one.model);
  result.version = file.keras_version;
  result.format = file.format;
  std::shared_ptr<Function> function;
  if (one.architecture.empty()) {
    function = load_function(one.model);
  } else {
    const saving::ModelFile architecture = saving::open_model_file(one.architecture);
    if (result.version.empty()) result.version = architecture.keras_version;
    function = function_from_json(io::read_file(one.architecture));
    load_weights(*function, one.model);
  }
  const auto expected_file = io::Hdf5File::open(one.expected);
  const auto inputs = numbered<real>(expected_file, "input", "/inputs");
  const auto expected = numbered<double>(expected_file, "output", "/predictions");
  std::vector<const Tensor*> references;
  for (const Tensor& input : inputs) references.push_back(&input);
  Step step;
  Context context(step);
  if (!function->built()) function->build({shape_of(inputs.at(0))});
  context.run(*function, references);
  if (context.outputs().size() != expected.size()) return "another number of outputs";
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::string reason = difference(context.output(i), expected[i]);
    if (!reason.empty()) return concat("output ", i, ": ", reason);
  }
  return "";
}

/// "2.2.4-tf" -> "2.2"
std::string minor_version(const std::string& version) {
  const auto first = version.find('.');
  if (first == version.npos) return version.empty() ? "not said" : version;
  return version.substr(0, version.find_first_not_of("0123456789", first + 1));
}

/// Versions in the order of time.
std::pair<int, int> order_of(const std::string& version) {
  if (version == "not said") return {0, 0};
  return {std::atoi(version.c_str()), std::atoi(version.c_str() + version.find('.') + 1)};
}

void write_report(const std::vector<Result>& results, const std::string& path) {
  struct Count {
    int files = 0, right = 0;
  };
  std::map<std::pair<std::pair<int, int>, std::string>, std::map<std::string, Count>> table;
  Count all;
  for (const Result& result : results) {
    const std::string version = minor_version(result.version);
    for (Count* count : {&table[{order_of(version), version}][result.format], &all}) {
      ++count->files;
      count->right += result.failure.empty();
    }
  }
  std::ofstream out(path);
  out << "# Keras's files\n\nHow many of the files in the collection beside the project "
         "(`../shared`) "
         "Keratin opens, computing what\nis expected of them within 1e-4 of the largest output. "
         "Written by\n\n    KERATIN_KERAS_FILES=docs/keras-files.md build/ci/tests/tests "
         "--test-case=\"*collection of Keras files*\"\n\n| Keras | form | files | right "
         "|\n|---|---|---|---|\n";
  for (const auto& [version, forms] : table) {
    for (const auto& [form, count] : forms) {
      out << "| " << version.second << " | " << form << " | " << count.files << " | " << count.right
          << " |\n";
    }
  }
  out << "| all | | " << all.files << " | " << all.right << " |\n";
  if (all.files == all.right) return;
  out << "\nWhat is missing:\n\n";
  for (const Result& result : results) {
    if (!result.failure.empty())
      out << "- " << result.of.model.filename().string() << ": " << result.failure << "\n";
  }
}

}  // namespace

TEST_CASE("The collection of Keras files loads and computes what it should") {
  std::vector<Result> results;
  for (const char* folder : {"golden/layers", "golden/models", "golden/versions", "real"}) {
    for (const Case& one : cases_in(paths::shared(folder))) {
      Result result{one, "", "", ""};
      try {
        result.failure = failure_of(one, result);
      } catch (const Error& error) {
        result.failure = error.what();
        // Paths of this machine say nothing.
        const std::string path = one.model.string();
        for (auto at = result.failure.find(path); at != std::string::npos;
             at = result.failure.find(path)) {
          result.failure.replace(at, path.size(), "the file");
        }
      }
      results.push_back(std::move(result));
    }
  }
  if (results.empty()) return;
  const auto right = std::ranges::count(results, "", &Result::failure);
  MESSAGE(right, " of ", results.size(), " files");
  for (const Result& result : results) {
    // Layers that are not there yet are in the report.
    if (result.failure.find("Could not interpret layer identifier") != std::string::npos) continue;
    CAPTURE(result.of.model.string());
    CHECK(result.failure == "");
  }
  if (const char* path = std::getenv("KERATIN_KERAS_FILES")) write_report(results, path);
}

}  // namespace keratin::inline KERATIN_VARIANT
