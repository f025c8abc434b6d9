#pragma once

#include "../../../framework/base/json.hpp"
#include "../../../framework/function.hpp"
#include "../../../framework/io/hdf5.hpp"
#include "../../optimizers/optimizer.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// An optimizer's config in the words of tf.keras 2.15. Throws ValueError for what it lacks.
void keras2_optimizer(Json& optimizer);

/// Whether the state of `optimizer` has a counterpart in tf.keras.
bool has_keras2_state(const optimizers::Optimizer& optimizer);
/// Writes it: below "/optimizer/vars" or, for a legacy `.h5`, below "/optimizer_weights".
/// `function` is what is trained.
void write_keras2_state(const optimizers::Optimizer& optimizer, const Function& function,
                        bool legacy, io::Hdf5File& file);

}  // namespace keratin::inline KERATIN_VARIANT::saving
