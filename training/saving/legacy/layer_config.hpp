#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "../../../framework/base/error.hpp"
#include "../../../framework/base/json.hpp"
#include "../load_report.hpp"
#include "origin.hpp"

// The steps that turn one layer's config into Keras 3's; each knows one kind of difference.

namespace keratin::inline KERATIN_VARIANT::saving {

/// A layer on its way.
struct LayerConfig {
  std::string class_name;
  Json config;
  const Origin& origin;
  LoadReport& report;

  std::string label() const {
    const std::string name = config.contains("name") && config["name"].is_string()
                                 ? config["name"].get<std::string>()
                                 : std::string();
    return concat("Layer '", name, "' (", class_name, ")");
  }
  bool has(const char* key) const { return config.contains(key); }
  /// Gives the argument a new name; what is there under the new name stays.
  void rename(const char* from, const char* to);
  /// Leaves an argument out because it has no effect on results; says so unless it is null.
  void drop(const char* key);
  [[noreturn]] void refuse(const char* key, const std::string& why) const {
    throw ValueError(concat(label(), ": the argument `", key, "`=", config[key].dump(),
                            " of an old file ", why));
  }
};

/// Class names and arguments of Keras 1.
void rename_keras1(LayerConfig& layer);
/// Class names and arguments that Keras 3 renamed or took away.
void rename_keras2(LayerConfig& layer);
/// What recurrent layers meant where they did not say it.
void upgrade_recurrent(LayerConfig& layer);
/// Calls of a recurrent layer on a list, (sequence, states...), which Keras 3 takes by keyword.
void name_initial_states(const LayerConfig& layer, Json& inbound_nodes);
/// Initializers, regularizers, constraints and activations within the config.
void upgrade_objects(LayerConfig& layer);

}  // namespace keratin::inline KERATIN_VARIANT::saving
