#pragma once

#include <string>
#include <vector>

#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::testing {

/// A layer and the inputs to try it on.
struct LayerCase {
  std::string name;
  LayerHandle layer;
  Shapes inputs;
  struct Options {
    /// Also in training mode; layers that behave differently there must list both cases.
    bool training = false;
    /// Inputs are drawn from low + (high - low) * uniform.
    double low = -1.5, high = 1.5;
    /// Rounds the inputs down: for layers that take indices. Gradients to the inputs are skipped.
    bool integers = false;
    CallOptions call = {};
  } options = {};
};

/// Asserts of each case: the output has the inferred shape, also where the batch size is unknown;
/// the gradients of inputs and weights are those of central differences (in the double build); two
/// calls in one step add up; any number of threads gives the same bits; the config makes the same
/// layer again, which computes the same bits with the same weights.
void check_layers(const std::vector<LayerCase>& cases);

/// A tensor of repeatable noise.
Tensor noise(const Shape& shape, std::uint64_t seed, double low = -1.5, double high = 1.5);

/// Whether all elements are equal bit by bit (NaNs too).
bool same_bits(const Tensor& a, const Tensor& b);

/// Asserts |a - b| <= atol + rtol * (largest magnitude in b), element by element.
void check_close(const Tensor& actual, const Tensor& expected, double rtol, double atol = 0);

}  // namespace keratin::inline KERATIN_VARIANT::testing
