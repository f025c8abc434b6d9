#pragma once

#include "../training/model.hpp"
#include "options.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {

/// Branches of convolutions of several sizes side by side (keras.applications.InceptionV3; Szegedy
/// et al., 2016).
///
/// Images of 299 x 299 by default, at least 75 x 75, of values from -1 to 1: see
/// preprocess_input(). Throws ValueError where an option does not fit.
Model InceptionV3(const ApplicationOptions& options = {});

}  // namespace keratin::inline KERATIN_VARIANT::applications
