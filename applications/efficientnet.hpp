#pragma once

#include "../training/model.hpp"
#include "options.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {

/// Inverted residual blocks with squeeze and excitation, scaled in depth, width and size together
/// (keras.applications.EfficientNetB0 to B7; Tan and Le, 2019).
///
/// Images of 224, 240, 260, 300, 380, 456, 528 and 600 rows and columns by default, at least 32, of
/// values from 0 to 255: the networks normalize them, with what its layer "normalization" has been
/// adapted to or loaded. Networks that Keras made with weights="imagenet" have a further Rescaling
/// behind it, which `weights` does not bring: load such a network whole. Throws ValueError where an
/// option does not fit.
Model EfficientNetB0(const ApplicationOptions& options = {});
Model EfficientNetB1(const ApplicationOptions& options = {});
Model EfficientNetB2(const ApplicationOptions& options = {});
Model EfficientNetB3(const ApplicationOptions& options = {});
Model EfficientNetB4(const ApplicationOptions& options = {});
Model EfficientNetB5(const ApplicationOptions& options = {});
Model EfficientNetB6(const ApplicationOptions& options = {});
Model EfficientNetB7(const ApplicationOptions& options = {});

}  // namespace keratin::inline KERATIN_VARIANT::applications
