#pragma once

#include <memory>

#include "../../framework/sequential_function.hpp"
#include "model_file.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// The shape of the input of a Sequential whose file does not say it, as far as its first layer
/// with weights tells: a Dense of (3, 8) takes (None, 3), a Conv2D of (3, 3, 1, 8) takes (None,
/// None, None, 1). Empty where it does not tell, or the layers before it change shapes.
Shape input_shape_from_weights(const SequentialFunction& sequential, const ModelFile& file);

}  // namespace keratin::inline KERATIN_VARIANT::saving
