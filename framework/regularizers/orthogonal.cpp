#include "orthogonal.hpp"

#include <cmath>
#include <numeric>
#include <vector>

#include "../fields_impl.hpp"
#include "factor.hpp"

namespace keratin::inline KERATIN_VARIANT::regularizers {
namespace {

/// The rows or columns of a matrix, scaled to length 1.
struct Directions {
  std::size_t count = 0, length = 0;
  std::vector<double> unit;   // count x length
  std::vector<double> norms;  // 1 where a vector is 0
  std::size_t step = 0;       // from one vector to the next in the matrix
  std::size_t element_step = 0;

  double* operator[](std::size_t i) { return unit.data() + i * length; }
  double cosine(std::size_t i, std::size_t j) const {
    const double* a = unit.data() + i * length;
    return std::inner_product(a, a + length, unit.data() + j * length, 0.0);
  }
};

Directions directions(const Tensor& x, bool rows) {
  if (x.dimension() != 2) {
    throw ValueError(concat("Inputs to OrthogonalRegularizer must have rank 2. Received:",
                            " inputs.shape=", shape_of(x)));
  }
  const std::size_t height = x.shape(0), width = x.shape(1);
  Directions result;
  result.count = rows ? height : width;
  result.length = rows ? width : height;
  result.step = rows ? width : 1;
  result.element_step = rows ? 1 : width;
  result.unit.resize(x.size());
  result.norms.resize(result.count);
  for (std::size_t i = 0; i < result.count; ++i) {
    double* unit = result[i];
    double squares = 0;
    for (std::size_t k = 0; k < result.length; ++k) {
      unit[k] = x.data()[i * result.step + k * result.element_step];
      squares += unit[k] * unit[k];
    }
    const double norm = squares > 0 ? std::sqrt(squares) : 1;
    result.norms[i] = norm;
    for (std::size_t k = 0; k < result.length; ++k) unit[k] /= norm;
  }
  return result;
}

double pairs(std::size_t count) {
  return static_cast<double>(count) * (static_cast<double>(count) - 1) / 2;
}

}  // namespace

void OrthogonalRegularizerOptions::describe(Fields& fields) {
  fields("factor", factor)("mode", mode);
}

OrthogonalRegularizer::OrthogonalRegularizer(OrthogonalRegularizerOptions options)
    : WithOptions(std::move(options)) {
  check_factor("factor", options_.factor);
  options_.factor = static_cast<double>(static_cast<float>(options_.factor));
  if (options_.mode != "rows" && options_.mode != "columns") {
    throw ValueError(concat("Invalid value for argument `mode`. Expected one of {\"rows\",",
                            " \"columns\"}. Received: mode=", options_.mode));
  }
}

double OrthogonalRegularizer::operator()(const Tensor& x) const {
  const Directions vectors = directions(x, options_.mode == "rows");
  double sum = 0;
  for (std::size_t i = 0; i < vectors.count; ++i)
    for (std::size_t j = 0; j < i; ++j) sum += std::abs(vectors.cosine(i, j));
  return vectors.count < 2 ? 0 : options_.factor * sum / pairs(vectors.count);
}

void OrthogonalRegularizer::add_gradient(const Tensor& x, double scale, Tensor& gradient) const {
  Directions vectors = directions(x, options_.mode == "rows");
  if (vectors.count < 2) return;
  const double factor = scale * options_.factor / pairs(vectors.count);
  std::vector<double> d_unit(vectors.length);
  for (std::size_t i = 0; i < vectors.count; ++i) {
    std::fill(d_unit.begin(), d_unit.end(), 0.0);
    for (std::size_t j = 0; j < vectors.count; ++j) {
      if (j == i) continue;
      const double cosine = vectors.cosine(i, j);
      const double sign = static_cast<double>((cosine > 0) - (cosine < 0));
      for (std::size_t k = 0; k < vectors.length; ++k) d_unit[k] += factor * sign * vectors[j][k];
    }
    const double* unit = vectors[i];
    const double along = std::inner_product(d_unit.begin(), d_unit.end(), unit, 0.0);
    for (std::size_t k = 0; k < vectors.length; ++k) {
      gradient.data()[i * vectors.step + k * vectors.element_step] +=
          static_cast<real>((d_unit[k] - along * unit[k]) / vectors.norms[i]);
    }
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::regularizers
