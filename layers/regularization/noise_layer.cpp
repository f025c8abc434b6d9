#include "noise_layer.hpp"

#include <cmath>

#include "../../framework/base/parallel.hpp"
#include "../../framework/broadcast.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// Blocks of four random numbers that one thread makes at least.
constexpr std::size_t grain = 4096;

}  // namespace

std::uint64_t seed_or_next(const std::optional<Dim>& seed) {
  return seed ? static_cast<std::uint64_t>(*seed) : next_seed();
}

Tensor keep_scales(const Shape& shape, double rate, const Random& random) {
  Tensor scales = empty(shape);
  // A 32-bit number below the bound drops its place: a rate of 1 drops all.
  const auto bound = static_cast<std::uint64_t>(std::ldexp(rate, 32));
  const auto scale = rate < 1 ? static_cast<real>(1 / (1 - rate)) : real{0};
  const std::size_t count = scales.size();
  parallel_for((count + 3) / 4, grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t block = begin; block < end; ++block) {
      const auto bits = random.block(block);
      for (std::size_t i = 4 * block; i < std::min(count, 4 * block + 4); ++i)
        scales.data()[i] = bits[i % 4] < bound ? real{0} : scale;
    }
  });
  return scales;
}

Tensor times_broadcast(Tensor x, const Tensor& factors) {
  if (shape_of(factors) != shape_of(x)) {
    const Tensor whole = broadcast_to(factors, shape_of(x));
    return times_broadcast(std::move(x), whole);
  }
  const real* const f = factors.data();
  real* const y = x.data();
  for (std::size_t i = 0; i < x.size(); ++i) y[i] *= f[i];
  return x;
}

void check_rate(const Layer& layer, double rate) {
  if (!(rate >= 0 && rate <= 1)) {
    layer.refuse("Invalid value received for argument `rate`. Expected a float value between 0 ",
                 "and 1. Received: rate=", rate);
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
