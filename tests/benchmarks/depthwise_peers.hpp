#pragma once

#include <vector>

#include "../../framework/kernels/depthwise_conv2d.hpp"
#include "harness.hpp"

namespace benchmarks {

enum class DepthwisePass { forward, backprop_input, backprop_filter };

/// The peers that were found at configuration, with data of their own. Empty if there are none.
std::vector<Contender> depthwise_peers(const keratin::kernels::DepthwiseConv2DSizes& sizes,
                                       DepthwisePass pass);

}  // namespace benchmarks
