#pragma once

#include <string>

#include "../../framework/kernels/resample.hpp"
#include "../../framework/layer.hpp"

// Longer and shorter axes, for all layers that interpolate.
namespace keratin::inline KERATIN_VARIANT::layers {

/// The interpolation called `name`, in any case of letters, which becomes small. Refuses others:
/// "nearest", "bilinear", "bicubic", "lanczos3" and "lanczos5" are known, and "area" where it is
/// allowed.
kernels::Interpolation interpolation_named(const Layer& layer, std::string& name,
                                           bool area_allowed);

/// `input` with axis `axis` resampled.
Tensor resampled(const Tensor& input, std::size_t axis, const kernels::Resampling& resampling);
/// The gradient to the input, given that to the output.
Tensor resampled_backward(const Tensor& gradient, std::size_t axis,
                          const kernels::Resampling& resampling);

}  // namespace keratin::inline KERATIN_VARIANT::layers
