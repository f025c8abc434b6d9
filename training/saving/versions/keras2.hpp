#pragma once

#include "../../../framework/base/json.hpp"
#include "../../../framework/function.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// A serialised `model`, in the words of Keras 3.15, as tf.keras 2.15 writes it into a `.keras`.
/// `function` is what it was made from. Throws ValueError, naming layer and argument, for what
/// tf.keras does not have.
Json keras2_model(const Json& model, const Function& function);

/// The settings of compile() in the words of tf.keras 2.15.
Json keras2_settings(const Json& settings);

/// One layer's config: its class and arguments renamed. `layer` may be null.
void keras2_layer(std::string& class_name, Json& config, const Layer* layer);

/// Initializers and activations within a config, by their names in tf.keras.
void keras2_objects(const std::string& label, Json& json);

}  // namespace keratin::inline KERATIN_VARIANT::saving
