#include "masked_softmax.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../../framework/base/error.hpp"
#include "../../framework/base/parallel.hpp"
#include "../../framework/broadcast.hpp"
#include "../../framework/kernels/elementwise.hpp"
#include "../../framework/layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

constexpr std::size_t grain = 16384;
/// exp of it is 0 in any precision.
constexpr real vanishing = -10000;

/// numpy.expand_dims: an axis of size 1 that will be axis `axis` of the result, from the end.
Tensor expanded(const Tensor& tensor, std::size_t axis) {
  Shape shape = shape_of(tensor);
  shape.insert(shape.end() - static_cast<std::ptrdiff_t>(axis - 1), 1);
  return reshaped(tensor, shape);
}

void join(std::optional<Tensor>& all, Tensor mask) {
  if (!all) {
    for (real& value : mask) value = value != 0 ? real{1} : real{0};
    all = std::move(mask);
    return;
  }
  const Shape shape = broadcast_shape(shape_of(*all), shape_of(mask));
  Tensor joined = broadcast_to(*all, shape);
  const Tensor other = broadcast_to(mask, shape);
  for (std::size_t i = 0; i < joined.size(); ++i) {
    if (other.data()[i] == 0) joined.data()[i] = 0;
  }
  all = std::move(joined);
}

/// (1, targets, sources), 1 where `allowed(target, source)`.
template <class Allowed>
Tensor band(Dim targets, Dim sources, const Allowed& allowed) {
  Tensor mask = empty({1, targets, sources});
  real* value = mask.data();
  for (Dim t = 0; t < targets; ++t) {
    for (Dim s = 0; s < sources; ++s) *value++ = allowed(t, s) ? real{1} : real{0};
  }
  return mask;
}

/// Calls `body(first element, group, target)` for each row of (groups, targets, sources).
template <class Body>
void for_rows(const Tensor& scores, const Body& body) {
  const std::size_t targets = scores.shape(1), sources = scores.shape(2);
  if (sources == 0) return;
  parallel_for(scores.shape(0) * targets, grain / sources + 1,
               [&](std::size_t begin, std::size_t end) {
                 for (std::size_t row = begin; row < end; ++row)
                   body(row * sources, row / targets, row % targets);
               });
}

bool is_empty(const real* mask, std::size_t count) {
  return std::all_of(mask, mask + count, [](real value) { return value == 0; });
}

void softmax_row(real* x, std::size_t count, real scale, const real* mask) {
  real largest = -std::numeric_limits<real>::infinity();
  for (std::size_t i = 0; i < count; ++i) {
    x[i] *= scale;
    if (!mask || mask[i] != 0) largest = std::max(largest, x[i]);
  }
  for (std::size_t i = 0; i < count; ++i) x[i] = !mask || mask[i] != 0 ? x[i] - largest : vanishing;
  kernels::exp(count, x, x);
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += double{x[i]};
  const auto share = static_cast<real>(1 / sum);
  for (std::size_t i = 0; i < count; ++i) x[i] *= share;
}

}  // namespace

std::optional<Tensor> AttentionMasks::joined(Dim targets, Dim sources) const {
  std::optional<Tensor> all;
  if (query) join(all, expanded(*query, 1));
  if (value) join(all, expanded(*value, 2));
  if (key) join(all, expanded(*key, 2));
  if (causal) join(all, band(targets, sources, [](Dim t, Dim s) { return s <= t; }));
  if (window) {
    join(all, band(targets, sources, [this](Dim t, Dim s) { return std::abs(t - s) < *window; }));
  }
  if (attention) join(all, *attention);
  return all;
}

ScoreMask::ScoreMask(const Tensor& mask, const Shape& scores, std::size_t axes,
                     std::string_view owner)
    : sources(1) {
  Shape shape = shape_of(mask);
  const auto fail = [&] {
    throw ShapeError(concat(owner, ": the mask of shape ", tuple_text(shape_of(mask)),
                            " cannot be broadcast to the attention scores of shape ",
                            tuple_text(scores)));
  };
  const std::size_t own = 2 * axes, outer = scores.size() - own;
  if (shape.size() < own || shape.size() > scores.size()) fail();
  shape.insert(shape.end() - static_cast<std::ptrdiff_t>(own), scores.size() - shape.size(), 1);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (shape[i] != 1 && shape[i] != scores[i]) fail();
  }
  Shape full(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(outer));
  full.insert(full.end(), scores.end() - static_cast<std::ptrdiff_t>(own), scores.end());
  values = broadcast_to(reshaped(mask, shape), full);
  std::size_t block = 1, groups = 1;
  for (std::size_t i = outer; i < scores.size(); ++i) {
    block *= static_cast<std::size_t>(scores[i]);
    if (i >= outer + axes) sources *= static_cast<std::size_t>(scores[i]);
  }
  for (std::size_t i = 0; i < outer; ++i) groups *= static_cast<std::size_t>(scores[i]);
  blocks.resize(groups);
  for (std::size_t g = 0; g < groups; ++g) {
    std::size_t rest = g, stride = block;
    for (std::size_t i = outer; i-- > 0;) {
      const auto size = static_cast<std::size_t>(scores[i]);
      if (shape[i] != 1) blocks[g] += rest % size * stride;
      stride *= static_cast<std::size_t>(shape[i]);
      rest /= size;
    }
  }
}

void masked_softmax(Tensor& scores, double scale, const ScoreMask* mask, EmptyRow empty) {
  const std::size_t count = scores.shape(2);
  const real uniform = real{1} / static_cast<real>(std::max<std::size_t>(count, 1));
  for_rows(scores, [&](std::size_t at, std::size_t group, std::size_t target) {
    real* const x = scores.data() + at;
    const real* const allowed = mask ? mask->row(group, target) : nullptr;
    if (allowed && is_empty(allowed, count)) {
      std::fill_n(x, count, empty == EmptyRow::uniform ? uniform : real{0});
    } else {
      softmax_row(x, count, static_cast<real>(scale), allowed);
    }
  });
}

void masked_softmax_gradient(const Tensor& weights, double scale, const ScoreMask* mask,
                             Tensor& gradient) {
  const std::size_t count = weights.shape(2);
  for_rows(weights, [&](std::size_t at, std::size_t group, std::size_t target) {
    const real* const y = weights.data() + at;
    real* const dy = gradient.data() + at;
    if (mask && is_empty(mask->row(group, target), count)) {
      std::fill_n(dy, count, real{0});
      return;
    }
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += double{y[i]} * double{dy[i]};
    const auto mean = static_cast<real>(sum);
    for (std::size_t i = 0; i < count; ++i)
      dy[i] = static_cast<real>(scale) * y[i] * (dy[i] - mean);
  });
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
