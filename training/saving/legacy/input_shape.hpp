#pragma once

#include "../../../framework/base/json.hpp"
#include "../../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// Whether a class name is that of a model, by any name that Keras has given it.
bool is_model_class(const Json& class_name);

/// The shape, with the batch axis, of the input of a layer or model of Keras 1 or 2 that says it
/// itself, or through a layer within. Null where it does not.
Json input_shape_of(const Json& entry);

}  // namespace keratin::inline KERATIN_VARIANT::saving
