#pragma once

#include <memory>
#include <vector>

#include <keratin/framework/function.hpp>

namespace keratin::cli {

/// A tensor and its mask, or null.
struct Value {
  std::shared_ptr<const Tensor> tensor, mask;
};

/// What a call has to do at the least.
struct LayerWork {
  double flops;  ///< floating-point operations
  double bytes;  ///< inputs and weights read once, outputs written once
};

/// Counts two operations for each multiplication with a weight of a kernel, and one for each
/// element of the output besides.
LayerWork work_of(const Layer& layer, const std::vector<const Tensor*>& inputs,
                  const Tensors& outputs);

}  // namespace keratin::cli
