#pragma once

#include "../../../framework/base/json.hpp"
#include "../../../framework/function.hpp"
#include "../keras_version.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// A serialised `model`, in the words of Keras 3.15, as the Keras 3 of this version writes it.
/// `function` is what it was made from. What that version does not know must have its default
/// value: see requirements().
Json keras3_model(const Json& model, const Function& function, const KerasVersion& version);

/// The same for anything else: the settings of compile().
Json keras3_objects(const Json& json, const KerasVersion& version);

}  // namespace keratin::inline KERATIN_VARIANT::saving
