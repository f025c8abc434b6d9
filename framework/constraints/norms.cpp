#include "norms.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "../fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::constraints {
namespace {

constexpr double epsilon = 1e-7;

/// Calls `body(first, norm, count, step)` for the rows of `weight`'s last axis in order: `norm` is
/// the index of the first element's norm, `step` (0 or 1) leads to the next element's.
template <class Body>
void for_each_row(const Tensor& weight, const std::vector<bool>& reduced, const Body& body) {
  const std::size_t rank = weight.dimension();
  std::vector<std::size_t> steps(rank, 0), index(rank, 0);
  std::size_t step = 1;
  for (std::size_t i = rank; i-- > 0;) {
    if (reduced[i]) continue;
    steps[i] = step;
    step *= weight.shape(i);
  }
  const std::size_t row = weight.shape(rank - 1);
  std::size_t norm = 0;
  for (std::size_t first = 0; first < weight.size(); first += row) {
    body(first, norm, row, steps[rank - 1]);
    for (std::size_t i = rank - 1; i-- > 0;) {
      norm += steps[i];
      if (++index[i] < weight.shape(i)) break;
      norm -= steps[i] * weight.shape(i);
      index[i] = 0;
    }
  }
}

/// Multiplies `weight` by factor(norm), the norm taken along `axis`.
template <class Factor>
void scale_by_norm(Tensor& weight, const Axes& axis, std::string_view owner, const Factor& factor) {
  const auto reduced = axis.among(weight.dimension(), owner);
  if (weight.size() == 0) return;
  std::size_t count = 1;
  for (std::size_t i = 0; i < reduced.size(); ++i)
    if (!reduced[i]) count *= weight.shape(i);
  std::vector<double> norms(count, 0.0);
  real* values = weight.data();
  for_each_row(weight, reduced,
               [&](std::size_t first, std::size_t norm, std::size_t row, std::size_t step) {
                 for (std::size_t k = 0; k < row; ++k) {
                   const double value = values[first + k];
                   norms[norm + k * step] += value * value;
                 }
               });
  for (double& norm : norms) norm = factor(std::sqrt(norm));
  for_each_row(weight, reduced,
               [&](std::size_t first, std::size_t norm, std::size_t row, std::size_t step) {
                 for (std::size_t k = 0; k < row; ++k)
                   values[first + k] *= static_cast<real>(norms[norm + k * step]);
               });
}

}  // namespace

void MaxNormOptions::describe(Fields& fields) { fields("max_value", max_value)("axis", axis); }
void MinMaxNormOptions::describe(Fields& fields) {
  fields("min_value", min_value)("max_value", max_value)("rate", rate)("axis", axis);
}
void UnitNormOptions::describe(Fields& fields) { fields("axis", axis); }

void MaxNorm::apply(Tensor& weight) const {
  scale_by_norm(weight, options_.axis, keras_name, [&](double norm) {
    return std::clamp(norm, 0.0, std::max(0.0, double{options_.max_value})) / (epsilon + norm);
  });
}

void MinMaxNorm::apply(Tensor& weight) const {
  const double low = options_.min_value, high = options_.max_value, rate = options_.rate;
  scale_by_norm(weight, options_.axis, keras_name, [&](double norm) {
    const double clipped = std::min(std::max(norm, low), high);
    return (rate * clipped + (1 - rate) * norm) / (epsilon + norm);
  });
}

void UnitNorm::apply(Tensor& weight) const {
  scale_by_norm(weight, options_.axis, keras_name,
                [](double norm) { return 1 / (epsilon + norm); });
}

}  // namespace keratin::inline KERATIN_VARIANT::constraints
