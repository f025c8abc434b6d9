#pragma once

#include <string>

#include "../framework/initializer.hpp"
#include "application.hpp"

// What the two generations of EfficientNet share.
namespace keratin::inline KERATIN_VARIANT::applications {

Spec<Initializer> efficient_initializer();

/// Weighs the channels of `x` by what the whole image shows: pooled, reduced to `reduced` channels,
/// expanded to a factor for each.
SymbolicTensor squeeze_and_excite(const SymbolicTensor& x, Dim reduced, const std::string& prefix);

/// A 1 x 1 convolution without bias.
SymbolicTensor efficient_pointwise(const SymbolicTensor& x, Dim filters, std::string name);

/// Where the block's input has the shape of `x`: drops `x` for some samples of a batch, with
/// probability `rate`, and adds the input.
SymbolicTensor add_with_drop(const SymbolicTensor& x, const SymbolicTensor& input, double rate,
                             const std::string& prefix);

/// The classifier, or what `pooling` asks for.
SymbolicTensor efficient_top(const Application& application, const SymbolicTensor& features,
                             double dropout, const Spec<Initializer>& bias_initializer = "zeros");

}  // namespace keratin::inline KERATIN_VARIANT::applications
