#pragma once

#include "../../framework/base/json.hpp"
#include "../../framework/function.hpp"
#include "keras_version.hpp"
#include "save_function.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// The version to write for: the one asked for or, where none is, the oldest Keras 3 that knows all
/// of the model, since every later one reads its files. `settings` are those of compile(), or null.
/// Throws ValueError, naming layer, argument and version, where the version asked for does not know
/// something.
KerasVersion version_for(const Json& model, const Json& settings, const SaveOptions& options);

/// A serialised model in the words of `version`. `function` is what it was made from.
Json model_for(const KerasVersion& version, const Json& model, const Function& function);
/// The same for the settings of compile().
Json settings_for(const KerasVersion& version, const Json& settings);

}  // namespace keratin::inline KERATIN_VARIANT::saving
