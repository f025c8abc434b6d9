#pragma once

#include "../training/model.hpp"
#include "options.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {

/// Convolutions of 3 x 3 and poolings in a row, with two Dense layers of 4096 before the classifier
/// (keras.applications.VGG16; Simonyan and Zisserman, 2015).
///
/// Images of 224 x 224 by default, at least 32 x 32, BGR and centred: see preprocess_input().
/// Throws ValueError where an option does not fit.
Model VGG16(const ApplicationOptions& options = {});
/// The same with 16 convolutions instead of 13 (keras.applications.VGG19).
Model VGG19(const ApplicationOptions& options = {});

}  // namespace keratin::inline KERATIN_VARIANT::applications
