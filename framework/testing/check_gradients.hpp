#pragma once

#include <cstddef>
#include <cstdint>
#include <set>

#include "../handle.hpp"

namespace keratin::inline KERATIN_VARIANT::testing {

struct GradientOptions {
  /// Whether the layer is called in training mode.
  bool training = false;
  CallOptions call = {};
  /// The masks that come with the inputs; an empty one is none.
  Tensors masks = {};
  /// Inputs without a gradient, by their number: indices, masks.
  std::set<std::size_t> constant_inputs = {};
  /// How many elements of each input and weight are varied, spread evenly; the rest says little
  /// more.
  std::size_t samples = 12;
  /// How far an element is moved up and down; 0: 1e-5 in double, 1e-2 in float.
  double step = 0;
  /// The largest difference allowed, relative to the largest element of the gradient or 1; 0: 1e-6
  /// in double, 1e-2 in float.
  double tolerance = 0;
  /// What the outputs are weighed with in the sum whose gradient is checked follows from it.
  std::uint64_t seed = 0;
};

/// Compares the backward pass of `layer`, called on `inputs`, with central differences: for each
/// input and each weight to train, the gradient of a weighed sum of the outputs. The layer is built
/// if need be, and keeps the weights it has: give it others than zeros or ones where those would
/// hide a mistake. The double library (keratin::keratin_f64) tells errors of 1e-6, float only rough
/// ones. Elements at a kink (relu at 0) have no difference quotient to compare with.
///
/// Throws Error, which names the layer, the input or weight, the element and both numbers, at the
/// first that differs, and where a gradient is missing or has another shape.
///
///     testing::check_gradients(Scale(), {noise});
void check_gradients(const LayerHandle& layer, const Tensors& inputs,
                     const GradientOptions& options = {});

}  // namespace keratin::inline KERATIN_VARIANT::testing
