#include <functional>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/base/error.hpp"
#include "../../../framework/io/atomic_file.hpp"
#include "../../../framework/io/hdf5.hpp"
#include "../../../framework/io/zip.hpp"
#include "../../../framework/io/zip_writer.hpp"
#include "../../../training/saving/load_function.hpp"
#include "../../../training/saving/save_function.hpp"
#include "../../framework/io/io_support.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/paths.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

using io::contains;

const std::string dense_file = paths::data("keras/dense.keras");

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// dense.keras with another config or other weights.
void rewrite(const std::filesystem::path& path, const std::function<void(Json&)>& change_config,
             const std::string& weights = {}) {
  const auto archive = io::Archive::open(dense_file);
  Json config = Json::parse(archive.read("config.json"));
  if (change_config) change_config(config);
  io::ZipWriter zip(path);
  zip.add("metadata.json", archive.read("metadata.json"));
  zip.add("config.json", config.dump());
  zip.add("model.weights.h5", weights.empty() ? archive.read("model.weights.h5") : weights);
  zip.commit();
}

std::string weights_of(const Tensor& kernel, const std::function<void(io::Hdf5File&)>& more = {}) {
  io::Hdf5File file = io::Hdf5File::create();
  file.write_dataset("/layers/dense/vars/0", kernel);
  if (more) more(file);
  return file.image();
}

}  // namespace

TEST_CASE("A file that is cut off anywhere is an error, never a crash") {
  const io::TemporaryFolder folder;
  const std::string bytes = io::read_file(dense_file);
  for (std::size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 60) {
    CAPTURE(size);
    io::write_file(folder / "cut.keras", bytes.substr(0, size));
    CHECK(error_of([&] { load_function(folder / "cut.keras"); }) != "");
  }
}

TEST_CASE("Weights that are missing or have another shape are named, and the model keeps its own") {
  const io::TemporaryFolder folder;
  const auto file = folder / "model.keras";
  rewrite(file, {}, weights_of(zeros({4, 5})));
  std::string message = error_of([&] { load_function(file); });
  CHECK(contains(message, "A total of 1 objects could not be loaded."));
  CHECK(contains(message, "Layer 'dense' expected 2 variables, but received 1 variables"));
  CHECK(contains(message, "'kernel', 'bias'"));

  rewrite(file, {}, weights_of(zeros({4, 3}), [](io::Hdf5File& weights) {
            weights.write_dataset("/layers/dense/vars/1", zeros({5}));
          }));
  message = error_of([&] { load_function(file); });
  CHECK(contains(message, "Layer 'dense' (Dense): Shape mismatch for weight 'kernel'"));
  CHECK(contains(message, "(4, 5)"));
  CHECK(contains(message, "(4, 3)"));

  rewrite(file, {}, weights_of(zeros({4, 5}), [](io::Hdf5File& weights) {
            weights.write_dataset("/layers/dense/vars/2", zeros({5}));
          }));
  CHECK(contains(error_of([&] { load_function(file); }), "no variable 1"));

  const auto function = load_function(dense_file);
  const Tensor kept = function->weights()[0]->value();
  rewrite(file, {}, weights_of(zeros({4, 3}), [](io::Hdf5File& weights) {
            weights.write_dataset("/layers/dense/vars/1", zeros({5}));
          }));
  CHECK(error_of([&] { load_weights(*function, file); }) != "");
  CHECK(testing::same_bits(function->weights()[1]->value(),
                           load_function(dense_file)->weights()[1]->value()));
  LoadReport report;
  load_weights(*function, file, {.skip_mismatch = true, .report = &report});
  CHECK(report.warnings.size() == 1);
  CHECK(testing::same_bits(function->weights()[0]->value(), kept));
  CHECK(testing::same_bits(function->weights()[1]->value(), zeros({5})));
}

TEST_CASE("Unknown layers are named, with the line that makes them known") {
  const io::TemporaryFolder folder;
  const auto file = folder / "model.keras";
  rewrite(file, [](Json& config) {
    Json& layer = config["config"]["layers"][1];
    layer["class_name"] = "Mystery";
    layer["registered_name"] = "acme>Mystery";
  });
  std::string message = error_of([&] { load_function(file); });
  CHECK(contains(message, "acme>Mystery"));
  CHECK(contains(message, "'dense'"));
  CHECK(contains(message, "register_layer<MysteryLayer>()"));
  rewrite(file, [](Json& config) {
    Json& layer = config["config"]["layers"][1];
    layer["class_name"] = "Lambda";
    layer["config"] = {{"name", "dense"}, {"function", {{"class_name", "__lambda__"}}}};
  });
  message = error_of([&] { load_function(file); });
  CHECK(contains(message, "Layer 'dense' (Lambda): its function is Python code, which is never"));
  CHECK(contains(message, "register_function(\"dense\", "));
  rewrite(file,
          [](Json& config) { config["config"]["layers"][1]["class_name"] = "TorchModuleWrapper"; });
  message = error_of([&] { load_function(file); });
  CHECK(contains(message, "'dense' is of this class"));
  CHECK(contains(message, "which holds a pickled module of PyTorch"));
  CHECK(contains(message, "register_layer<TorchModuleWrapperLayer>()"));
}

TEST_CASE("Graphs that make no sense are errors") {
  const io::TemporaryFolder folder;
  const auto file = folder / "model.keras";
  const auto error_with = [&](const std::function<void(Json&)>& change) {
    rewrite(file, change);
    return error_of([&] { load_function(file); });
  };
  const auto history = [](Json& config) -> Json& {
    return config["config"]["layers"][1]["inbound_nodes"][0]["args"][0]["config"]["keras_history"];
  };
  CHECK(contains(error_with([&](Json& c) { history(c)[0] = "dense"; }), "cycle"));
  CHECK(contains(error_with([&](Json& c) { history(c)[0] = "nobody"; }), "'nobody'"));
  CHECK(error_with([&](Json& c) { history(c)[1] = 7; }) != "");
  CHECK(error_with([&](Json& c) { history(c)[2] = 1; }) != "");
  CHECK(error_with([&](Json& c) { history(c)[2] = -1; }) != "");
  CHECK(error_with([&](Json& c) { history(c) = "dense"; }) != "");
  CHECK(error_with([](Json& c) { c["config"]["layers"] = 5; }) != "");
  CHECK(error_with([](Json& c) { c["config"].erase("layers"); }) != "");
  CHECK(error_with([](Json& c) { c["config"]["output_layers"] = Json::array(); }) != "");
  CHECK(error_with([](Json& c) { c["config"]["layers"][1]["config"]["units"] = -3; }) != "");
  CHECK(error_with([](Json& c) { c["config"]["layers"][1]["config"]["units"] = 2.5; }) != "");
  CHECK(error_with([](Json& c) { c["config"]["layers"][1]["config"]["nonsense"] = 1; }) != "");
  CHECK(error_with([](Json& c) { c["config"]["layers"].push_back(c["config"]["layers"][1]); }) !=
        "");
}

TEST_CASE("A layer that is larger than its file is an error, and takes no memory") {
  const io::TemporaryFolder folder;
  const auto file = folder / "model.keras";
  for (const std::int64_t units : {std::int64_t{100000000}, std::int64_t{1} << 40}) {
    rewrite(file, [&](Json& config) { config["config"]["layers"][1]["config"]["units"] = units; });
    CHECK(error_of([&] { load_function(file); }) ==
          concat("Layer 'dense' (Dense): the weight 'kernel' of shape (4, ", units,
                 ") is larger than what the file holds"));
  }
  Json config = Json::parse(io::Archive::open(dense_file).read("config.json"));
  config["config"]["layers"][1]["config"]["units"] = std::int64_t{1} << 55;
  CHECK(error_of([&] { function_from_json(config.dump()); }) ==
        "Layer 'dense' (Dense): there is no memory for the weight 'kernel' of shape (4, "
        "36028797018963968)");
}

TEST_CASE("JSON that is too deep or no JSON is an error") {
  const std::string deep = std::string(100000, '[') + std::string(100000, ']');
  CHECK(contains(error_of([&] { function_from_json(deep); }), "deep"));
  CHECK(error_of([] { function_from_json("{\"class_name\": "); }) != "");
  CHECK(error_of([] { function_from_json("[1, 2]"); }) != "");
  CHECK(error_of([] { function_from_json("{}"); }) != "");
  CHECK(error_of([] { function_from_json("{\"class_name\": \"Dense\", \"config\": {}}"); }) != "");
}

TEST_CASE("Files that are something else say what they are") {
  const io::TemporaryFolder folder;
  io::write_file(folder / "lfs.keras",
                 "version https://git-lfs.github.com/spec/v1\noid sha256:0\n");
  CHECK(contains(error_of([&] { load_function(folder / "lfs.keras"); }), "git lfs pull"));
  const auto function = load_function(dense_file);
  save_weights(*function, folder / "only.weights.h5");
  CHECK(contains(error_of([&] { load_function(folder / "only.weights.h5"); }), "load_weights()"));
  io::write_file(folder / "model.json", to_json(*function));
  CHECK(contains(error_of([&] { load_function(folder / "model.json"); }), "without weights"));
  CHECK(contains(error_of([&] { save_function(*function, folder / "model.txt"); }),
                 "Invalid filepath extension"));
  CHECK(contains(error_of([&] { save_weights(*function, folder / "model.txt"); }),
                 "must end in `.weights.h5`"));
}

}  // namespace keratin::inline KERATIN_VARIANT
