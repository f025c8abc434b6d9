#include "elementwise.hpp"

#include "../../framework/fields_impl.hpp"
#include "../../framework/prepared/elementwise.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

using Inputs = std::vector<const real*>;

/// Keeps the gradient where input i is the first that equals the output.
void gradient_of_chosen(std::size_t i, const Inputs& inputs, const real* output, real* dy,
                        std::size_t count) {
  for (std::size_t k = 0; k < count; ++k) {
    bool chosen = inputs[i][k] == output[k];
    for (std::size_t before = 0; before < i; ++before)
      chosen = chosen && inputs[before][k] != output[k];
    if (!chosen) dy[k] = 0;
  }
}

}  // namespace

void AddLayer::merge(real* sum, const real* x, std::size_t count) const {
  for (std::size_t k = 0; k < count; ++k) sum[k] += x[k];
}
void AddLayer::scale_gradient(std::size_t, const Inputs&, const real*, real*, std::size_t) const {}

std::shared_ptr<prepared::Operation> AddLayer::prepare(const Shapes& /*inputs*/) const {
  return std::make_shared<prepared::Sum>();
}

void SubtractLayer::check_count(const Shapes& inputs) const {
  if (inputs.size() != 2) {
    refuse("A `Subtract` layer should be called on exactly 2 inputs. Received: input_shape=",
           tuple_text(inputs));
  }
}
void SubtractLayer::merge(real* sum, const real* x, std::size_t count) const {
  for (std::size_t k = 0; k < count; ++k) sum[k] -= x[k];
}
void SubtractLayer::scale_gradient(std::size_t i, const Inputs&, const real*, real* dy,
                                   std::size_t count) const {
  if (i == 0) return;
  for (std::size_t k = 0; k < count; ++k) dy[k] = -dy[k];
}

void MultiplyLayer::merge(real* product, const real* x, std::size_t count) const {
  for (std::size_t k = 0; k < count; ++k) product[k] *= x[k];
}
void MultiplyLayer::scale_gradient(std::size_t i, const Inputs& inputs, const real*, real* dy,
                                   std::size_t count) const {
  for (std::size_t j = 0; j < inputs.size(); ++j) {
    if (j == i) continue;
    for (std::size_t k = 0; k < count; ++k) dy[k] *= inputs[j][k];
  }
}

void AverageLayer::merge(real* sum, const real* x, std::size_t count) const {
  for (std::size_t k = 0; k < count; ++k) sum[k] += x[k];
}
void AverageLayer::finish(real* output, std::size_t count, std::size_t inputs) const {
  for (std::size_t k = 0; k < count; ++k) output[k] /= static_cast<real>(inputs);
}
void AverageLayer::scale_gradient(std::size_t, const Inputs& inputs, const real*, real* dy,
                                  std::size_t count) const {
  for (std::size_t k = 0; k < count; ++k) dy[k] /= static_cast<real>(inputs.size());
}

void MaximumLayer::merge(real* largest, const real* x, std::size_t count) const {
  // NaN wins.
  for (std::size_t k = 0; k < count; ++k)
    largest[k] = largest[k] >= x[k] || largest[k] != largest[k] ? largest[k] : x[k];
}
void MaximumLayer::scale_gradient(std::size_t i, const Inputs& inputs, const real* output, real* dy,
                                  std::size_t count) const {
  gradient_of_chosen(i, inputs, output, dy, count);
}

void MinimumLayer::merge(real* smallest, const real* x, std::size_t count) const {
  for (std::size_t k = 0; k < count; ++k)
    smallest[k] = smallest[k] <= x[k] || smallest[k] != smallest[k] ? smallest[k] : x[k];
}
void MinimumLayer::scale_gradient(std::size_t i, const Inputs& inputs, const real* output, real* dy,
                                  std::size_t count) const {
  gradient_of_chosen(i, inputs, output, dy, count);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
