#include "elementwise.hpp"

#include <algorithm>
#include <array>

#include "../activations/linear.hpp"
#include "../activations/pointwise.hpp"
#include "../base/parallel.hpp"
#include "../kernels/elementwise.hpp"

namespace keratin::inline KERATIN_VARIANT::prepared {
namespace {

constexpr std::size_t grain = 16384;
/// Elements that stay in the cache between two steps.
constexpr std::size_t piece = 2048;

std::size_t size_of(const Shape& shape) {
  std::size_t size = 1;
  for (const Dim dim : shape) size *= static_cast<std::size_t>(dim);
  return size;
}

bool take(Ending& ending, const std::shared_ptr<Operation>& next) {
  const auto* activate = dynamic_cast<const Activate*>(next.get());
  return activate && ending.take(activate->function());
}

}  // namespace

std::shared_ptr<Operation> Rescale::followed_by(const std::shared_ptr<Operation>& next) {
  return take(ending_, next) ? shared_from_this() : nullptr;
}

std::optional<Bound> Rescale::bind(const Shapes& inputs) const {
  const Shape shape = inputs[0];
  const std::size_t channels = factors_.size();
  const std::size_t rows = size_of(shape) / std::max<std::size_t>(channels, 1);
  Bound bound{shape, {}, {0}};
  bound.run = [this, shape, rows, channels](const real* const* x, real* y) {
    kernels::scale_shift(rows, channels, x[0], factors_.data(), shifts_.data(), y);
    ending_.apply(y, shape);
  };
  return bound;
}

std::optional<Bound> Activate::bind(const Shapes& inputs) const {
  const Shape shape = inputs[0];
  Bound bound{shape, {}, {0}};
  bound.run = [this, shape](const real* const* x, real* y) {
    if (x[0] != y) std::copy_n(x[0], size_of(shape), y);
    ending_.apply(y, shape);
  };
  return bound;
}

std::shared_ptr<Operation> activate(const Spec<ActivationFunction>& function) {
  if (dynamic_cast<const activations::Linear*>(&*function)) return std::make_shared<Nothing>();
  if (!dynamic_cast<const activations::Pointwise*>(&*function)) return nullptr;
  return std::make_shared<Activate>(function);
}

std::shared_ptr<Operation> Sum::followed_by(const std::shared_ptr<Operation>& next) {
  return take(ending_, next) ? shared_from_this() : nullptr;
}

std::optional<Bound> Sum::bind(const Shapes& inputs) const {
  for (const Shape& shape : inputs) {
    if (shape != inputs[0]) return {};  // what has to be broadcast is left to the layer
  }
  const Shape shape = inputs[0];
  Bound bound{shape};
  for (std::size_t i = 0; i < inputs.size(); ++i) bound.in_place.push_back(i);
  bound.run = [this, shape, count = inputs.size()](const real* const* x, real* y) {
    parallel_for(size_of(shape), grain, [&](std::size_t begin, std::size_t end) {
      std::array<real, piece> sum;  // any of the inputs may be the output
      for (std::size_t at = begin; at < end; at += piece) {
        const std::size_t length = std::min(piece, end - at);
        std::copy_n(x[0] + at, length, sum.data());
        for (std::size_t i = 1; i < count; ++i) {
          for (std::size_t k = 0; k < length; ++k) sum[k] += x[i][at + k];
        }
        if (ending_.has_function()) {
          std::copy_n(sum.data(), length, y + at);
          continue;
        }
        for (std::size_t k = 0; k < length; ++k) {
          const real bounded = sum[k] < ending_.low() ? ending_.low() : sum[k];
          y[at + k] = bounded > ending_.high() ? ending_.high() : bounded;
        }
      }
    });
    ending_.apply_function(y, shape);
  };
  return bound;
}

}  // namespace keratin::inline KERATIN_VARIANT::prepared
