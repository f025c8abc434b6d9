#pragma once

#include "../training/model.hpp"
#include "options.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {

/// Residual bottleneck blocks with 50, 101 or 152 layers (keras.applications.ResNet50; He et al.,
/// 2015).
///
/// Images of 224 x 224 by default, at least 32 x 32, BGR and centred: see preprocess_input().
/// Throws ValueError where an option does not fit.
Model ResNet50(const ApplicationOptions& options = {});
Model ResNet101(const ApplicationOptions& options = {});
Model ResNet152(const ApplicationOptions& options = {});

/// The same with normalization and activation before each convolution (keras.applications.
/// ResNet50V2; He et al., "Identity mappings in deep residual networks", 2016). Values from -1 to
/// 1.
Model ResNet50V2(const ApplicationOptions& options = {});
Model ResNet101V2(const ApplicationOptions& options = {});
Model ResNet152V2(const ApplicationOptions& options = {});

}  // namespace keratin::inline KERATIN_VARIANT::applications
