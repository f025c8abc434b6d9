#pragma once

#include "../../../framework/base/random.hpp"

namespace keratin {

/// The logarithm of a number with the gamma distribution of this shape and scale 1 (Marsaglia and
/// Tsang, 2000): logarithms, since tiny shapes give numbers below what there is.
double log_gamma_draw(const Random& random, double shape);
/// A number between 0 and 1 with the beta distribution.
double beta_draw(const Random& random, double alpha, double beta);

/// The random numbers of part `i` of something that has `random`; far from what it draws itself.
Random part_of(const Random& random, std::uint64_t i);

}  // namespace keratin
