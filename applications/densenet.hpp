#pragma once

#include "../training/model.hpp"
#include "options.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {

/// Blocks whose layers each see what all before them made (keras.applications.DenseNet121; Huang
/// et al., 2017).
///
/// Images of 224 x 224 by default, at least 32 x 32, normalized: see preprocess_input(). Throws
/// ValueError where an option does not fit, and where images have their channels first.
Model DenseNet121(const ApplicationOptions& options = {});
Model DenseNet169(const ApplicationOptions& options = {});
Model DenseNet201(const ApplicationOptions& options = {});

}  // namespace keratin::inline KERATIN_VARIANT::applications
