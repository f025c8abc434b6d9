#pragma once

#include "../training/model.hpp"
#include "options.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {

/// Cells of separable convolutions and poolings that a search has found (keras.applications.
/// NASNetMobile; Zoph et al., 2018).
///
/// Images of 224 x 224 (NASNetMobile) or 331 x 331 (NASNetLarge) by default, at least 32 x 32, of
/// values from -1 to 1: see preprocess_input(). Throws ValueError where an option does not fit, and
/// where images have their channels first.
Model NASNetMobile(const ApplicationOptions& options = {});
Model NASNetLarge(const ApplicationOptions& options = {});

}  // namespace keratin::inline KERATIN_VARIANT::applications
