#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/io/hdf5.hpp"
#include "../../../framework/io/zip.hpp"
#include "../../../framework/io/zip_writer.hpp"
#include "../../../layers/convolutional/conv.hpp"
#include "../../../layers/core/dense.hpp"
#include "../../../layers/normalization/batch_normalization.hpp"
#include "../../../layers/pooling/global_pooling.hpp"
#include "../../../training/model.hpp"
#include "../../../training/saving/load_model.hpp"
#include "../../framework/io/io_support.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/golden_models.hpp"
#include "../../support/paths.hpp"

namespace fs = std::filesystem;

namespace keratin::inline KERATIN_VARIANT {
namespace {

using layers::BatchNormalization;
using layers::Conv2D;
using layers::Dense;
using layers::GlobalAveragePooling2D;

Model small_model() {
  const auto input = Input({6, 6, 2}, {.name = "in"});
  auto x = Conv2D({.filters = 3, .kernel_size = 3}, {.name = "conv"})(input);
  x = BatchNormalization({}, {.name = "norm"})(x);
  x = GlobalAveragePooling2D({}, {.name = "pool"})(x);
  return Model({input}, {Dense({.units = 2}, {.name = "out"})(x)});
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), std::ptrdiff_t(bytes.size()));
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void check_same_weights(const Model& a, const Model& b) {
  REQUIRE(a.weights().size() == b.weights().size());
  for (std::size_t i = 0; i < a.weights().size(); ++i)
    CHECK(testing::same_bits(a.weights()[i]->value(), b.weights()[i]->value()));
}

/// The elements of a tensor as float32.
std::string bytes_of(const Tensor& tensor) {
  std::string bytes;
  for (const real value : tensor) {
    const auto single = static_cast<float>(value);
    bytes.append(reinterpret_cast<const char*>(&single), sizeof single);
  }
  return bytes;
}

/// A model of TensorFlow.js of `model`, in one shard of float32.
Json tfjs_of(const Model& model, std::string& shard) {
  Json weights = Json::array();
  for (const Parameter* weight : model.weights()) {
    Json shape = Json::array();
    for (const Dim size : shape_of(weight->value())) shape.push_back(size);
    weights.push_back({{"name", weight->path()}, {"shape", shape}, {"dtype", "float32"}});
    shard += bytes_of(weight->value());
  }
  return {{"format", "layers-model"},
          {"generatedBy", "keras v3.0"},
          {"modelTopology",
           {{"keras_version", "3.0.0"},
            {"backend", "tensorflow"},
            {"model_config", Json::parse(model.to_json())}}},
          {"weightsManifest",
           Json::array({{{"paths", {"group1-shard1of1.bin"}}, {"weights", weights}}})}};
}

}  // namespace

TEST_CASE("A model of TensorFlow.js is read with its shards") {
  const io::TemporaryFolder folder;
  const Model model = small_model();
  std::string shard;
  const Json json = tfjs_of(model, shard);
  write_file(folder / "model.json", json.dump());
  // Shards are cut anywhere.
  Json cut = json;
  cut["weightsManifest"][0]["paths"] = {"a.bin", "b.bin"};
  write_file(folder / "group1-shard1of1.bin", shard);
  write_file(folder / "a.bin", shard.substr(0, 101));
  write_file(folder / "b.bin", shard.substr(101));
  write_file(folder / "cut.json", cut.dump());
  if constexpr (sizeof(real) == sizeof(float)) {
    check_same_weights(load_model(folder / "model.json"), model);
    check_same_weights(load_model(folder / "cut.json"), model);
  }
  const fs::path directory = fs::path(folder / "model.json").parent_path();
  CHECK(load_model(directory).weights().size() == model.weights().size());
  LoadReport report;
  load_model(directory, {.report = &report});
  CHECK(report.format == "tfjs");
}

TEST_CASE("Quantised weights of TensorFlow.js are scaled back") {
  const io::TemporaryFolder folder;
  const auto input = Input({2}, {.name = "in"});
  const Model model({input}, {Dense({.units = 1}, {.name = "out"})(input)});
  std::string shard;
  Json json = tfjs_of(model, shard);
  Json& weights = json["weightsManifest"][0]["weights"];
  weights[0]["quantization"] = {{"dtype", "uint8"}, {"min", -1.0}, {"scale", 0.5}};
  weights[1]["quantization"] = {{"dtype", "float16"}, {"original_dtype", "float32"}};
  write_file(folder / "model.json", json.dump());
  // 3 * 0.5 - 1, 250 * 0.5 - 1; half 1.5
  write_file(folder / "group1-shard1of1.bin", std::string("\x03\xfa\x00\x3e", 4));
  const Model loaded = load_model(folder / "model.json");
  CHECK(loaded.weights()[0]->value()(0, 0) == doctest::Approx(0.5));
  CHECK(loaded.weights()[0]->value()(1, 0) == doctest::Approx(124));
  CHECK(loaded.weights()[1]->value()(0) == doctest::Approx(1.5));
  weights[0]["quantization"] = {{"dtype", "uint16"}, {"min", 0.0}, {"scale", 2.0}};
  write_file(folder / "model.json", json.dump());
  write_file(folder / "group1-shard1of1.bin", std::string("\x01\x01\x02\x00\x00\x3e", 6));
  CHECK(load_model(folder / "model.json").weights()[0]->value()(0, 0) == doctest::Approx(514));
}

TEST_CASE("Broken models of TensorFlow.js are FileErrors") {
  const io::TemporaryFolder folder;
  const Model model = small_model();
  std::string shard;
  Json json = tfjs_of(model, shard);
  write_file(folder / "group1-shard1of1.bin", shard);
  const auto reason = [&](const Json& changed) -> std::string {
    write_file(folder / "model.json", changed.dump());
    try {
      load_model(folder / "model.json");
    } catch (const FileError& error) {
      return error.what();
    } catch (const ValueError& error) {
      return error.what();
    }
    return "";
  };
  const std::string path = (folder / "model.json").string();
  Json changed = json;
  changed["format"] = "graph-model";
  CHECK(reason(changed) ==
        path +
            " is a graph model of TensorFlow.js, which has lost its layers: convert the Keras "
            "model to a layers model instead");
  changed = json;
  changed["weightsManifest"][0]["paths"][0] = "../secret.bin";
  CHECK(reason(changed) == path + ": weightsManifest names a file elsewhere: ../secret.bin");
  changed = json;
  changed["weightsManifest"][0]["weights"][0]["shape"] = {3, 3, 2, 1000000000000000};
  CHECK(reason(changed).find("is more than the shards hold") != std::string::npos);
  changed["weightsManifest"][0]["weights"][0]["shape"] = {3, -3, 2, 3};
  CHECK(reason(changed).find("is more than the shards hold") != std::string::npos);
  changed = json;
  changed["weightsManifest"][0]["weights"][0]["dtype"] = "string";
  CHECK(reason(changed) == path + ": weight 'conv/kernel': weights of type 'string' are not read");
  changed = json;
  changed["weightsManifest"][0]["weights"].erase(0);
  CHECK(reason(changed) == path + ": the model expects 8 weights, but the file has 7");
  changed = json;
  changed["weightsManifest"] = 7;
  CHECK(reason(changed).find("weightsManifest is malformed") != std::string::npos);
  // Cut off anywhere, the shard or the JSON.
  const std::string text = json.dump();
  for (std::size_t length = 0; length < text.size(); length += text.size() / 40 + 1) {
    write_file(folder / "model.json", text.substr(0, length));
    CHECK_THROWS_AS(load_model(folder / "model.json"), FileError);
  }
  for (std::size_t length = 0; length < shard.size(); length += shard.size() / 20 + 1) {
    write_file(folder / "group1-shard1of1.bin", shard.substr(0, length));
    CHECK(reason(json) != "");
  }
}

TEST_CASE("Weights in several files are read through their index") {
  const io::TemporaryFolder folder;
  const Model model = small_model();
  model.save_weights(folder / "whole.weights.h5");
  const auto whole = io::Hdf5File::open(folder / "whole.weights.h5");
  auto first = io::Hdf5File::create(), second = io::Hdf5File::create();
  Json map = Json::object();
  std::size_t i = 0;
  for (const std::string& dataset : whole.datasets()) {
    io::Hdf5File& shard = i % 2 == 0 ? first : second;
    shard.write_dataset(dataset, whole.read_dataset<float>(dataset));
    const std::string group = dataset.substr(0, dataset.rfind('/'));
    map[group] = {"m_00000.weights.h5", "m_00001.weights.h5"};
    ++i;
  }
  first.save(folder / "m_00000.weights.h5");
  second.save(folder / "m_00001.weights.h5");
  Json index = {{"metadata", {{"total_size", 1.0}}}, {"weight_map", map}};
  write_file(folder / "m.weights.json", index.dump());
  Model other = small_model();
  other.load_weights(folder / "m.weights.json");
  if constexpr (sizeof(real) == sizeof(float)) check_same_weights(other, model);

  index["weight_map"]["/layers/dense/vars"] = "../elsewhere.weights.h5";
  write_file(folder / "m.weights.json", index.dump());
  CHECK_THROWS_WITH_AS(other.load_weights(folder / "m.weights.json"),
                       ((folder / "m.weights.json").string() +
                        ": weight_map names a file elsewhere: ../elsewhere.weights.h5")
                           .c_str(),
                       FileError);
  index["weight_map"]["/layers/dense/vars"] = "missing.weights.h5";
  write_file(folder / "m.weights.json", index.dump());
  CHECK_THROWS_AS(other.load_weights(folder / "m.weights.json"), FileError);
}

TEST_CASE("The weights of an archive may be npz, as Keras pickles them or plain") {
  const Model expected = load_model(paths::data("keras/batchnorm.keras"));
  for (const char* name : {"protocol4.keras", "protocol3.keras", "plain.keras", "folder.keras"}) {
    CAPTURE(name);
    LoadReport report;
    const Model model =
        load_model(paths::data(std::string("keras/npz/") + name), {.report = &report});
    CHECK(report.warnings == std::vector<std::string>());
    check_same_weights(model, expected);
  }
}

TEST_CASE("A pickle that would run anything is refused by name") {
  CHECK_THROWS_WITH_AS(
      load_model(paths::data("keras/npz/hostile.keras")),
      (paths::data("keras/npz/hostile.keras") +
       ": model.weights.npz: layers/dense.npy: cannot be read as pickled arrays: it would call "
       "posix.system, and code from files is never executed")
          .c_str(),
      FileError);
}

TEST_CASE("What only looks like a Keras file is told by its content") {
  const io::TemporaryFolder folder;
  write_file(folder / "lfs.h5", "version https://git-lfs.github.com/spec/v1\noid sha256:00\n");
  CHECK_THROWS_WITH_AS(load_model(folder / "lfs.h5"),
                       ((folder / "lfs.h5").string() +
                        " is no Keras file: it is a Git LFS pointer, not the file itself: fetch it "
                        "with `git lfs pull`")
                           .c_str(),
                       FileError);
  const Model model = small_model();
  model.save(folder / "model.h5");
  // Names say nothing.
  fs::copy_file(folder / "model.h5", folder / "model.keras");
  CHECK(load_model(folder / "model.keras").weights().size() == model.weights().size());
  std::string text = read(folder / "model.h5");
  text.replace(0, 1, "\xef\xbf\xbd");
  write_file(folder / "mangled.h5", text);
  CHECK_THROWS_AS(load_model(folder / "mangled.h5"), FileError);
  fs::create_directory(folder / "saved");
  write_file(folder / "saved" / "saved_model.pb", "x");
  CHECK_THROWS_WITH_AS(load_model(folder / "saved"),
                       ((folder / "saved").string() +
                        " is a SavedModel of TensorFlow, which holds no Keras config that Keratin "
                        "reads: save the model as .keras or .h5")
                           .c_str(),
                       FileError);
}

TEST_CASE("An unzipped archive and one with a folder in it are read") {
  const io::TemporaryFolder folder;
  const Model model = small_model();
  model.save(folder / "model.keras");
  const auto archive = io::Archive::open(folder / "model.keras");
  fs::create_directory(folder / "unzipped");
  for (const std::string& member : archive.members())
    write_file(folder / "unzipped" / member, archive.read(member));
  check_same_weights(load_model(folder / "unzipped"), load_model(folder / "model.keras"));
}

}  // namespace keratin::inline KERATIN_VARIANT
