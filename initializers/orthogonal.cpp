#include "orthogonal.hpp"

#include <cmath>
#include <numeric>

#include "../framework/base/parallel.hpp"
#include "../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::initializers {
namespace {

double dot(const double* a, const double* b, std::size_t length) {
  return std::inner_product(a, a + length, b, 0.0);
}

/// Makes the `count` rows of `rows` orthonormal. Modified Gram-Schmidt: in double its loss of
/// orthogonality for random rows is far below float's precision, the result is the Q of the QR
/// decomposition whose R has a positive diagonal (the signs that Keras fixes afterwards), and each
/// row's bits are the same at any number of threads, which LAPACK does not promise.
void orthonormalize(std::vector<double>& rows, std::size_t count, std::size_t length) {
  for (std::size_t i = 0; i < count; ++i) {
    double* row = rows.data() + i * length;
    const double norm = std::sqrt(dot(row, row, length));
    for (std::size_t k = 0; k < length; ++k) row[k] /= norm;
    parallel_for(count - i - 1, 1 + 32768 / (length + 1), [&](std::size_t begin, std::size_t end) {
      for (std::size_t j = i + 1 + begin; j < i + 1 + end; ++j) {
        double* other = rows.data() + j * length;
        const double along = dot(row, other, length);
        for (std::size_t k = 0; k < length; ++k) other[k] -= along * row[k];
      }
    });
  }
}

}  // namespace

void OrthogonalOptions::describe(Fields& fields) { fields("seed", seed)("gain", gain); }

Tensor Orthogonal::operator()(const Shape& shape) const {
  if (shape.size() < 2) {
    throw ValueError(concat("The tensor to initialize must be at least two-dimensional. Received:",
                            " shape=", shape, " of rank ", shape.size(), "."));
  }
  Tensor values = empty(shape);
  const auto columns = static_cast<std::size_t>(shape.back());
  const std::size_t rows = columns ? values.size() / columns : 0;
  const std::size_t count = std::min(rows, columns), length = std::max(rows, columns);
  std::vector<double> vectors(count * length);
  random().fill_normal(vectors.data(), vectors.size(), 0, 1);
  orthonormalize(vectors, count, length);
  // The vectors are the rows of a wide matrix and the columns of a tall one.
  const std::size_t row_step = rows < columns ? length : 1;
  const std::size_t column_step = rows < columns ? 1 : length;
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t column = 0; column < columns; ++column)
      values.data()[row * columns + column] =
          static_cast<real>(options_.gain * vectors[row * row_step + column * column_step]);
  return values;
}

}  // namespace keratin::inline KERATIN_VARIANT::initializers
