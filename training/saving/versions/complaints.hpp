#pragma once

#include <string>

#include "../../../framework/base/json.hpp"
#include "../keras_version.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// The error with which the Keras of this version stops at a file's architecture, as it stands
/// there; empty where it reads it. `is_legacy`: an `.h5` or a `.json`.
std::string complaint(const Json& model, bool is_legacy, const KerasVersion& version);

}  // namespace keratin::inline KERATIN_VARIANT::saving
