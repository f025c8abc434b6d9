#include "beta.hpp"

#include <cmath>

namespace keratin {

double log_gamma_draw(const Random& random, double shape) {
  std::uint64_t next = 0;
  // A shape below 1 is reached from the one above it.
  const double above = shape < 1 ? shape + 1 : shape;
  const double correction = shape < 1 ? std::log(1 - random.uniform(next++)) / shape : 0;
  const double d = above - 1 / 3.0, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = random.normal(next++);
    const double v = std::pow(1 + c * x, 3);
    const double u = 1 - random.uniform(next++);
    if (v > 0 && std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v))
      return std::log(d * v) + correction;
  }
}

double beta_draw(const Random& random, double alpha, double beta) {
  const double a = log_gamma_draw(part_of(random, 0), alpha);
  const double b = log_gamma_draw(part_of(random, 1), beta);
  return 1 / (1 + std::exp(b - a));
}

Random part_of(const Random& random, std::uint64_t i) {
  const auto bits = random.block((std::uint64_t{1} << 60) + i);
  const auto joined = [](std::uint32_t high, std::uint32_t low) {
    return (std::uint64_t{high} << 32) | low;
  };
  return Random(joined(bits[0], bits[1]), joined(bits[2], bits[3]));
}

}  // namespace keratin
