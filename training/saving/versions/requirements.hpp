#pragma once

#include <string>
#include <vector>

#include "../../../framework/base/json.hpp"
#include "../keras_version.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// In place of a minor release: no Keras 3 has it.
inline constexpr int no_keras3 = 1000;

/// Something in a model that a Keras before 3.`since` does not know.
struct Requirement {
  int since = 0;
  /// What it is, with the layer: "Layer 'x' (Dense): `quantization_config`={...}".
  std::string what = {};
  /// An older Keras opens the file but computes a penalty otherwise: no reason to refuse.
  bool is_meaning = false;
};

/// What `json` (a serialised model, or the settings of compile()) asks of the Keras that reads it.
std::vector<Requirement> requirements(const Json& json);

/// The first Keras 3 that reads all of it and computes the same.
int oldest_minor(const std::vector<Requirement>& requirements);

/// The minor release of Keras 3 in which a class or an activation came; 0: it was there from the
/// first, or is not Keras's.
int class_since(const std::string& class_name);
int activation_since(const std::string& name);
/// Depthwise and separable convolutions refused both together before Keras 3.15.
bool has_strides_and_dilation(const std::string& class_name, const Json& config);

/// An argument that came after Keras 3.0. One that has its default value is left out for older
/// versions.
struct NewArgument {
  const char* class_name;
  const char* key;
  int since;
  /// The default as JSON; empty where the value has no effect on results.
  const char* default_value;
};
/// Null where the argument has been there since 3.0.
const NewArgument* new_argument(const std::string& class_name, const std::string& key);

}  // namespace keratin::inline KERATIN_VARIANT::saving
