// The catalogue against keras.layers of Keras 3.15: which classes there are, and the arguments and
// defaults of their constructors.
#include "../../layers/catalogue.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <set>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../framework/constraint.hpp"
#include "../../framework/regularizer.hpp"
#include "../../framework/serialization.hpp"
#include "../../layers/core/lambda.hpp"
#include "../../layers/keras_classes.hpp"
#include "../support/paths.hpp"

using namespace keratin;

namespace {

/// By class: name, default and whether it is required, of each argument.
Json keras_layers() {
  std::ifstream file(paths::data("keras_layers.json"));
  return Json::parse(file);
}

/// A value for each argument that has no default; "Class.argument" before "argument".
Json sample(const std::string& name, const std::string& argument) {
  static const Json values = Json::parse(R"({
    "activation": "relu", "output_size": 2, "rate": 0.5, "pool_size": 2, "filters": 4,
    "kernel_size": 3, "units": 4, "axes": 1, "equation": "ab,bc->ac", "output_shape": [3],
    "input_dim": 5, "output_dim": 3, "stddev": 0.5, "head_dim": 2, "num_query_heads": 2,
    "num_key_value_heads": 1, "num_heads": 2, "key_dim": 3, "dims": [2, 1], "n": 2, "scale": 2.0,
    "target_shape": [4], "height": 4, "width": 4, "num_bins": 3, "factor": 0.2,
    "height_factor": 0.2, "width_factor": 0.2, "max_number": 3, "function": "catalogue_test",
    "layer": {"class_name": "Dense", "config": {"units": 2}},
    "Bidirectional.layer": {"class_name": "LSTM", "config": {"units": 2}},
    "cell": {"class_name": "LSTMCell", "config": {"units": 2}},
    "cells": [{"class_name": "LSTMCell", "config": {"units": 2}}],
    "layers": [{"class_name": "Rescaling", "config": {"scale": 2.0}}],
    "CategoryEncoding.num_tokens": 3, "Discretization.bin_boundaries": [0.0, 1.0],
    "RandomPosterization.factor": 4
  })");
  const std::string full = name + "." + argument;
  return values.contains(full) ? values[full] : values.value(argument, Json());
}

/// What a config has where the default of the argument is computed; null: the default.
Json computed_default(const std::string& name, const std::string& argument) {
  if (argument == "data_format") return "channels_last";
  if (argument == "activation") return "linear";
  if (argument == "strides") return sample(name, "pool_size");
  if (argument == "value_dim") return sample(name, "key_dim");
  if (name == "MelSpectrogram" && argument == "sequence_length") return 2048;  // fft_length
  if (name == "MelSpectrogram" && argument == "max_freq") return 8000;         // sampling_rate / 2
  return nullptr;
}

/// Numbers that Keras takes as the upper end of a range when constructing, and the range's least
/// lower end: the lower end is the negated number, but at least this.
std::optional<double> least_of_range(const std::string& name, const std::string& argument) {
  static const std::map<std::string, double> least = {
      {"AugMix.factor", 0},
      {"CutMix.factor", 0},
      {"RandAugment.factor", 0},
      {"RandomBrightness.factor", -1},
      {"RandomColorDegeneration.factor", -1},
      {"RandomContrast.factor", 0},
      {"RandomElasticTransform.factor", 0},
      {"RandomElasticTransform.scale", 0},
      {"RandomErasing.factor", 0},
      {"RandomGaussianBlur.factor", 0},
      {"RandomGaussianBlur.sigma", 0},
      {"RandomHue.factor", 0},
      {"RandomInvert.factor", 0},
      {"RandomPerspective.factor", 0},
      {"RandomPosterization.factor", 1},
      {"RandomRotation.factor", -1},
      {"RandomSaturation.factor", -1},
      {"RandomSharpness.factor", 0},
  };
  const auto found = least.find(name + "." + argument);
  return found == least.end() ? std::nullopt : std::optional(found->second);
}

/// Arguments that Keras writes into no config, or only where they are set; "Class.argument" where
/// other classes write it.
const std::set<std::string> unwritten = {"name",
                                         "dtype",
                                         "trainable",
                                         "activity_regularizer",
                                         "flash_attention",
                                         "lora_rank",
                                         "lora_alpha",
                                         "weights",
                                         "gptq_unpacked_column_size",
                                         "use_cudnn",
                                         "CategoryEncoding.sparse",
                                         "RandomGrayscale.seed",
                                         "SimpleRNN.seed"};

/// Whether `value` is made from layers, of which Keras writes more than what was given.
bool holds_layers(const Json& value) {
  return value.is_object() || (value.is_array() && !value.empty() && value[0].is_object());
}

template <class T>
Json object_named(const std::string& name) {
  return serialize(*Spec<T>(name));
}

/// Whether `value`, of a config, is what Keras makes of the argument `given`.
bool agrees(const std::string& argument, const Json& value, const Json& given) {
  if (value.is_number() && given.is_number()) return value.get<double>() == given.get<double>();
  if (value.is_array() && !given.is_array()) {
    return !value.empty() && std::ranges::all_of(value, [&](const Json& one) {
      return agrees(argument, one, given);
    });
  }
  if (value.is_array() && given.is_array()) {
    if (value.size() != given.size()) return false;
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (!agrees(argument, value[i], given[i])) return false;
    }
    return true;
  }
  if (value.is_object() && given.is_string()) {
    const std::string name = given.get<std::string>();
    if (argument.ends_with("_initializer")) return value == object_named<Initializer>(name);
    if (argument.ends_with("_regularizer")) return value == object_named<Regularizer>(name);
    if (argument.ends_with("_constraint")) return value == object_named<Constraint>(name);
  }
  return value == given;
}

}  // namespace

TEST_CASE("each class of keras.layers is registered, or missing for a reason") {
  const Registry<Layer>& registry = Registry<Layer>::instance();
  const Json keras = keras_layers();
  std::set<std::string> missing;
  for (const layers::MissingLayer& layer : layers::missing_layers()) {
    CAPTURE(layer.name);
    CHECK(keras.contains(layer.name));
    CHECK_FALSE(layer.reason.empty());
    missing.insert(layer.name);
  }
  const auto alias = [](std::string name) {
    for (const auto& [shorter, longer] : std::map<std::string, std::string>{
             {"AvgPool", "AveragePooling"}, {"MaxPool", "MaxPooling"}, {"Convolution", "Conv"}}) {
      const auto at = name.find(shorter);
      if (at != name.npos && name.find(longer) == name.npos)
        name.replace(at, shorter.size(), longer);
    }
    return name;
  };
  for (const auto& item : keras.items()) {
    const std::string& name = item.key();
    CAPTURE(name);
    CHECK((registry.contains(name) || missing.contains(alias(name))));
  }
}

TEST_CASE("each layer of the catalogue is in one folder") {
  std::vector<std::string> listed;
  for (const layers::LayerFolder& folder : layers::layer_folders())
    listed.insert(listed.end(), folder.classes.begin(), folder.classes.end());
  for (const std::string& name : listed) {
    CAPTURE(name);
    CHECK(Registry<Layer>::instance().contains(name));
    CHECK(std::ranges::count(listed, name) == 1);
  }
}

TEST_CASE("arguments and defaults of layers are Keras's") {
  layers::register_function("catalogue_test",
                            layers::UnaryFunction{.forward = [](const Tensor& x) { return x; }});
  const Registry<Layer>& registry = Registry<Layer>::instance();
  const Json keras = keras_layers();
  std::size_t count = 0;
  for (const auto& item : keras.items()) {
    const std::string& name = item.key();
    const Json& arguments = item.value();
    // An input layer is made from its shape, in three spellings.
    if (!registry.contains(name) || name == "InputLayer") continue;
    CAPTURE(name);
    Json given = Json::object();
    for (const Json& argument : arguments) {
      const std::string key = argument[0].get<std::string>();
      // The defaults of these two are refused by Keras as well.
      const bool needed = argument[2] == true || key == "num_tokens" || key == "bin_boundaries";
      if (needed) given[key] = sample(name, key);
    }
    std::shared_ptr<Layer> layer;
    try {
      layer = registry.make(name, given);
    } catch (const Error& error) {
      FAIL_CHECK(std::string(error.what()));
      continue;
    }
    if (layer->class_name() != name) continue;  // an alias
    const Json config = layer->get_config();
    for (const Json& argument : arguments) {
      const std::string key = argument[0].get<std::string>();
      CAPTURE(key);
      if (key == "name" || key == "dtype") continue;
      if (!config.contains(key)) {
        // Lambda's are written where they are set.
        CHECK(
            (unwritten.contains(key) || unwritten.contains(name + "." + key) || name == "Lambda"));
        continue;
      }
      if (given.contains(key) && holds_layers(given[key])) continue;
      // Made from `layer`, and always written.
      if (name == "Bidirectional" && key == "backward_layer") continue;
      if (name == "Lambda" && (key == "function" || key == "arguments")) continue;
      Json expected = given.contains(key) ? given[key] : argument[1];
      if (expected.is_null()) expected = computed_default(name, key);
      if (const auto least = least_of_range(name, key)) {
        const double upper = expected.get<double>();
        expected = {std::max(-upper, *least), upper};
      }
      CAPTURE(config[key].dump());
      CAPTURE(expected.dump());
      CHECK(agrees(key, config[key], expected));
    }
    ++count;
  }
  CHECK(count > 60);
}
