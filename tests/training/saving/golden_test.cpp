#include <algorithm>
#include <map>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/io/zip.hpp"
#include "../../../framework/naming.hpp"
#include "../../../framework/serialization.hpp"
#include "../../../training/saving/load_function.hpp"
#include "../../../training/saving/python_json.hpp"
#include "../../../training/saving/save_function.hpp"
#include "../../framework/io/io_support.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/golden_models.hpp"
#include "../../support/paths.hpp"

namespace fs = std::filesystem;

namespace keratin::inline KERATIN_VARIANT::testing {
namespace {

/// Where two texts of JSON first differ in what is comparable; empty where they do not.
std::string difference(const std::string& ours, const std::string& theirs) {
  const std::string a = saving::python_json(comparable(Json::parse(ours)));
  const std::string b = saving::python_json(comparable(Json::parse(theirs)));
  const auto place = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  if (a == b) return "";
  const std::size_t begin = place < 100 ? 0 : place - 100;
  return a.substr(begin, 200) + "\n instead of \n" + b.substr(begin, 200);
}

/// Legacy files do not note the shapes that layers were built for.
Json without_build_configs(Json json) {
  if (json.is_object()) json.erase("build_config");
  if (json.is_structured()) {
    for (Json& item : json) item = without_build_configs(item);
  }
  return json;
}

void check_case(const GoldenModel& golden, double rtol) {
  CAPTURE(golden.model.string());
  std::shared_ptr<Function> function;
  try {
    LoadReport report;
    function = load_function(golden.model, &report);
    CHECK(report.warnings == std::vector<std::string>());
    check_computes_as_keras(*function, golden.io, rtol);
  } catch (const std::exception& error) {
    FAIL_CHECK(std::string(error.what()));
  }
}

void check_all(const fs::path& folder, double rtol) {
  std::map<std::string, int> unsupported;
  for (const std::string extension : {".keras", ".h5"}) {
    for (const GoldenModel& golden : golden_models(folder, extension)) {
      const auto unknown = unknown_layers(golden.model);
      for (const std::string& name : unknown) ++unsupported[name];
      if (unknown.empty()) check_case(golden, rtol);
    }
  }
  std::string list;
  for (const auto& [name, count] : unsupported) list += name + " ";
  if (!list.empty()) MESSAGE("layers not there yet: ", list);
}

}  // namespace

TEST_CASE("Keras's files give Keras's outputs and gradients") {
  check_all(paths::data("keras"), 1e-5);
  check_all(paths::shared("golden/layers"), 1e-5);
  check_all(paths::shared("golden/models"), 1e-4);
  check_all(paths::shared("golden/versions"), 1e-4);
}

TEST_CASE("What is loaded from Keras 3.15 and saved is what Keras saved") {
  const io::TemporaryFolder folder;
  for (const std::string& source :
       {paths::data("keras"), paths::shared("golden/layers"), paths::shared("golden/models")}) {
    for (const GoldenModel& golden : golden_models(source, ".keras")) {
      if (!unknown_layers(golden.model).empty()) continue;
      CAPTURE(golden.model.string());
      LoadReport report;
      // Layers within layers get the names that they would get in a program of its own.
      clear_session();
      const auto function = load_function(golden.model, &report);
      if (report.keras_version != "3.15.1") continue;
      save_function(*function, folder / "saved.keras", {.keras_version = "3.15.1"});
      const auto ours = io::Archive::open(folder / "saved.keras");
      const auto theirs = io::Archive::open(golden.model);
      CHECK(ours.members() == theirs.members());
      CHECK(difference(ours.read("config.json"), theirs.read("config.json")) == "");
      check_same_tree(io::Hdf5File::from_image(ours.read("model.weights.h5"), "ours"),
                      io::Hdf5File::from_image(theirs.read("model.weights.h5"), "theirs"));
    }
    for (const GoldenModel& golden : golden_models(source, ".h5")) {
      if (!unknown_layers(golden.model).empty()) continue;
      CAPTURE(golden.model.string());
      LoadReport report;
      // Layers within layers get the names that they would get in a program of its own.
      clear_session();
      const auto function = load_function(golden.model, &report);
      if (report.keras_version != "3.15.1") continue;
      save_function(*function, folder / "saved.h5", {.keras_version = "3.15.1"});
      const auto ours = io::Hdf5File::open(folder / "saved.h5");
      const auto theirs = io::Hdf5File::open(golden.model);
      CHECK(difference(ours.string_attribute("/", "model_config"),
                       theirs.string_attribute("/", "model_config")) == "");
      check_same_tree(ours, theirs);
    }
  }
}

TEST_CASE("Every golden comes back from every format: config, weights and outputs") {
  const io::TemporaryFolder folder;
  for (const std::string& source :
       {paths::data("keras"), paths::shared("golden/layers"), paths::shared("golden/models")}) {
    for (const GoldenModel& golden : golden_models(source, ".keras")) {
      if (!unknown_layers(golden.model).empty()) continue;
      CAPTURE(golden.model.string());
      const auto function = load_function(golden.model);
      const auto check_same = [&](const Function& loaded) {
        CHECK(without_build_configs(serialize(loaded)) ==
              without_build_configs(serialize(*function)));
        const auto weights = function->weights(), others = loaded.weights();
        REQUIRE(others.size() == weights.size());
        for (std::size_t i = 0; i < weights.size(); ++i)
          CHECK(same_bits(others[i]->value(), weights[i]->value()));
      };
      for (const char* name : {"saved.keras", "saved.h5"}) {
        CAPTURE(name);
        LoadReport report;
        save_function(*function, folder / name);
        const auto loaded = load_function(folder / name, &report);
        CHECK(report.warnings == std::vector<std::string>());
        check_same(*loaded);
        check_computes_as_keras(*loaded, golden.io, 1e-4);
      }
      for (const char* name : {"saved.weights.h5", "weights.h5"}) {
        CAPTURE(name);
        save_weights(*function, folder / name);
        const auto loaded = function_from_json(to_json(*function));
        load_weights(*loaded, folder / name);
        check_same(*loaded);
      }
    }
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::testing
