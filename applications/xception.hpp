#pragma once

#include "../training/model.hpp"
#include "options.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {

/// Residual blocks of separable convolutions (keras.applications.Xception; Chollet, 2017).
///
/// Images of 299 x 299 by default, at least 71 x 71, of values from -1 to 1: see
/// preprocess_input(). Throws ValueError where an option does not fit.
Model Xception(const ApplicationOptions& options = {});

}  // namespace keratin::inline KERATIN_VARIANT::applications
