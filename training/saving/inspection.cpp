#include "inspection.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "model_file.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

void add_statistics(const BasicTensor<double>& values, StoredArray& array) {
  double sum = 0, squares = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values.data()[i];
    if (!std::isfinite(value)) {
      ++array.not_finite;
      continue;
    }
    array.min = count ? std::min(array.min, value) : value;
    array.max = count ? std::max(array.max, value) : value;
    sum += value;
    ++count;
  }
  if (count == 0) return;
  array.mean = sum / static_cast<double>(count);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values.data()[i];
    if (std::isfinite(value)) squares += (value - array.mean) * (value - array.mean);
  }
  array.deviation = std::sqrt(squares / static_cast<double>(count));
}

std::string model_text(const Json& model) {
  std::string text = model.value("class_name", Json("")).dump();
  if (text.size() > 2) text = text.substr(1, text.size() - 2);
  const Json config = model.value("config", Json());
  const Json layers = config.is_array()    ? config
                      : config.is_object() ? config.value("layers", Json())
                                           : Json();
  if (config.is_object() && config.contains("name") && config["name"].is_string())
    text += concat(" '", config["name"].get<std::string>(), "'");
  if (layers.is_array()) text += concat(", ", layers.size(), " layers");
  return text;
}

}  // namespace

Inspection inspect_file(const std::filesystem::path& path) {
  const saving::ModelFile file = saving::open_model_file(path);
  Inspection found{.format = file.format,
                   .keras_version = file.keras_version,
                   .backend = file.backend,
                   .model = file.architecture ? model_text(*file.architecture) : "",
                   .is_compiled = file.compile_config != nullptr,
                   .arrays = {}};
  if (file.hdf5) {
    for (const std::string& dataset : file.hdf5->datasets()) {
      StoredArray array{.path = dataset,
                        .shape = file.hdf5->shape(dataset),
                        .dtype = file.hdf5->dtype(dataset),
                        .bytes = file.hdf5->stored_bytes(dataset)};
      if (array.dtype != "string" && array.dtype != "unknown")
        add_statistics(file.hdf5->read_dataset<double>(dataset), array);
      found.arrays.push_back(std::move(array));
    }
  } else if (file.variables) {
    for (const std::string& owner : file.variables->paths()) {
      std::size_t index = 0;
      for (const auto& variable : file.variables->at(owner)) {
        const BasicTensor<double> values = variable.read();
        StoredArray array{.path = concat(owner, owner.empty() ? "vars/" : "/vars/", index++),
                          .shape = variable.shape,
                          .dtype = "float",
                          .bytes = values.size() * sizeof(real)};
        add_statistics(values, array);
        found.arrays.push_back(std::move(array));
      }
    }
  } else if (file.named) {
    for (const saving::NamedWeight& weight : *file.named) {
      const BasicTensor<double> values = weight.read();
      StoredArray array{.path = weight.name,
                        .shape = shape_of(values),
                        .dtype = "float",
                        .bytes = values.size() * sizeof(real)};
      add_statistics(values, array);
      found.arrays.push_back(std::move(array));
    }
  }
  return found;
}

}  // namespace keratin::inline KERATIN_VARIANT
