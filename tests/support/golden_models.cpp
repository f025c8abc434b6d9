#include "golden_models.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../training/saving/model_file.hpp"
#include "check_layers.hpp"

namespace fs = std::filesystem;

namespace keratin::inline KERATIN_VARIANT::testing {
namespace {

/// Adds the class of `json` if it is a layer, and those within it.
void collect_classes(const Json& json, bool is_layer, std::set<std::string>& classes) {
  const Json module = json.is_object() ? json.value("module", Json("")) : Json("");
  const bool is_operation =
      module.is_string() && module.get<std::string>().starts_with("keras.src.ops");
  if (json.is_object() && json.contains("class_name") && json["class_name"].is_string() &&
      (is_layer || module == "keras.layers") && !is_operation) {
    classes.insert(json["class_name"].get<std::string>());
  }
  if (json.is_array()) {
    for (const Json& item : json) collect_classes(item, is_layer, classes);
  } else if (json.is_object()) {
    for (const auto& [key, item] : json.items())
      collect_classes(item, key == "layers" || key == "layer" || key == "cells", classes);
  }
}

}  // namespace

std::vector<GoldenModel> golden_models(const fs::path& folder, const std::string& extension) {
  std::vector<GoldenModel> found;
  if (!fs::exists(folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().string();
    if (!path.ends_with(extension) || path.ends_with(".io.h5") || path.ends_with(".weights.h5"))
      continue;
    fs::path io = entry.path();
    io.replace_extension(".io.h5");
    if (fs::exists(io)) found.push_back({entry.path(), io});
  }
  std::ranges::sort(found, {}, &GoldenModel::model);
  return found;
}

std::set<std::string> unknown_layers(const fs::path& model) {
  std::set<std::string> classes;
  collect_classes(*saving::open_model_file(model).architecture, true, classes);
  std::erase_if(classes,
                [](const std::string& name) { return Registry<Layer>::instance().contains(name); });
  return classes;
}

void check_computes_as_keras(const Function& function, const fs::path& path, double rtol) {
  const auto file = io::Hdf5File::open(path);
  const auto all = [&](const std::string& name) {
    Tensors found;
    while (file.has(concat(name, "_", found.size())))
      found.push_back(file.read_dataset<real>(concat(name, "_", found.size())));
    return found;
  };
  const Tensors inputs = all("input"), expected = all("output"), dy = all("dy");
  std::vector<const Tensor*> refs;
  for (const Tensor& input : inputs) refs.push_back(&input);
  Step step{.backward = !dy.empty()};
  Context context(step);
  context.run(function, refs);
  REQUIRE(context.outputs().size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    check_close(context.output(i), expected[i], rtol, 1e-6);
  if (dy.empty()) return;
  const Tensors dx = context.run_backward(dy);
  for (std::size_t i = 0; i < dx.size(); ++i) {
    const std::string dataset = concat("dx_", i);
    if (file.has(dataset)) check_close(dx[i], file.read_dataset<real>(dataset), rtol, 1e-6);
  }
  const auto weights = function.trainable_weights();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::string dataset = concat("dw_", i);
    if (!file.has(dataset)) continue;
    CAPTURE(weights[i]->path());
    const Tensor* gradient = step.gradients.find(*weights[i]);
    const Tensor none = zeros(shape_of(weights[i]->value()));
    check_close(gradient ? *gradient : none, file.read_dataset<real>(dataset), rtol, 1e-6);
  }
}

void check_same_tree(const io::Hdf5File& actual, const io::Hdf5File& expected) {
  std::vector<std::string> groups{"/"};
  while (!groups.empty()) {
    const std::string group = groups.back();
    groups.pop_back();
    CAPTURE(group);
    const auto children = expected.children(group);
    CHECK(actual.children(group) == children);
    CHECK(actual.attribute_names(group) == expected.attribute_names(group));
    for (const char* name : {"name", "layer_names", "weight_names"}) {
      if (!expected.has_attribute(group, name) || !actual.has_attribute(group, name)) continue;
      CHECK(actual.string_list_attribute(group, name) ==
            expected.string_list_attribute(group, name));
    }
    for (const std::string& child : children) {
      const std::string path = group == "/" ? "/" + child : group + "/" + child;
      if (expected.is_group(path)) {
        groups.push_back(path);
      } else if (actual.is_dataset(path)) {
        CAPTURE(path);
        CHECK(actual.dtype(path) == expected.dtype(path));
        CHECK(same_bits(actual.read_dataset<real>(path), expected.read_dataset<real>(path)));
      }
    }
  }
}

Json comparable(Json json) {
  if (json.is_object()) {
    json.erase("shared_object_id");
    json.erase("compile_config");
  }
  if (json.is_structured()) {
    for (Json& item : json) item = comparable(item);
  }
  return json;
}

}  // namespace keratin::inline KERATIN_VARIANT::testing
