#pragma once

#include "../training/model.hpp"
#include "options.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {

/// InceptionV3's branches as residual blocks (keras.applications.InceptionResNetV2; Szegedy et al.,
/// 2017).
///
/// Images of 299 x 299 by default, at least 75 x 75, of values from -1 to 1: see
/// preprocess_input(). Throws ValueError where an option does not fit.
Model InceptionResNetV2(const ApplicationOptions& options = {});

}  // namespace keratin::inline KERATIN_VARIANT::applications
