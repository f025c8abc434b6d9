#include "row_normalization.hpp"

#include <algorithm>
#include <cmath>

#include "../../framework/axes_last.hpp"
#include "../../framework/base/parallel.hpp"
#include "../../framework/kernels/elementwise.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

constexpr std::size_t grain = 16384;

}  // namespace

RowNormalization::Statistics RowNormalization::statistics(std::size_t count, const real* x) const {
  const auto n = static_cast<double>(count);
  double mean = 0, squares = 0;
  if (subtract_mean || about_mean) {
    for (std::size_t i = 0; i < count; ++i) mean += double{x[i]};
    mean /= n;
  }
  const double centre = about_mean ? mean : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double difference = double{x[i]} - centre;
    squares += difference * difference;
  }
  const double v = unit ? std::max(squares, epsilon) : squares / n + epsilon;
  return {subtract_mean ? mean : 0, centre, 1 / std::sqrt(v), unit && squares < epsilon};
}

void RowNormalization::forward(std::size_t rows, std::size_t count, real* x) const {
  if (count == 0) return;
  parallel_for(rows, grain / count + 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      real* const row = x + r * count;
      const Statistics now = statistics(count, row);
      const auto mean = static_cast<real>(now.mean), scale = static_cast<real>(now.inverse);
      for (std::size_t i = 0; i < count; ++i) row[i] = (row[i] - mean) * scale;
    }
  });
}

void RowNormalization::backward(std::size_t rows, std::size_t count, const real* x,
                                real* gradient) const {
  if (count == 0) return;
  const auto n = static_cast<double>(count);
  parallel_for(rows, grain / count + 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      const real* const row = x + r * count;
      real* const g = gradient + r * count;
      const Statistics now = statistics(count, row);
      double sum = 0, dot = 0;
      for (std::size_t i = 0; i < count; ++i) {
        sum += double{g[i]};
        dot += double{g[i]} * (double{row[i]} - now.mean);
      }
      // By way of 1 / sqrt(v), and of the mean.
      const double slope = now.clipped ? 0 : -dot * std::pow(now.inverse, 3) / (unit ? 1 : n);
      const double shift = subtract_mean ? -now.inverse * sum / n : 0;
      const auto scale = static_cast<real>(now.inverse), a = static_cast<real>(slope),
                 b = static_cast<real>(shift), centre = static_cast<real>(now.centre);
      for (std::size_t i = 0; i < count; ++i) g[i] = g[i] * scale + (row[i] - centre) * a + b;
    }
  });
}

void apply_affine(std::size_t rows, std::size_t channels, Tensor& x, const Parameter* gamma,
                  const Parameter* beta) {
  if (gamma) {
    kernels::scale_shift(rows, channels, x.data(), gamma->value().data(),
                         beta ? beta->value().data() : nullptr, x.data());
  } else if (beta) {
    kernels::add_bias(rows, channels, beta->value().data(), x.data());
  }
}

void add_affine_gradients(std::size_t rows, std::size_t channels, const Tensor& x,
                          const Tensor& gradient, const Parameter* gamma, const Parameter* beta,
                          Context& context) {
  if (gamma && context.wants(*gamma)) {
    Tensor products = x;
    for (std::size_t i = 0; i < products.size(); ++i) products.data()[i] *= gradient.data()[i];
    Tensor sums = empty(shape_of(gamma->value()));
    kernels::column_sums(rows, channels, products.data(), sums.data());
    context.add_gradient(*gamma, std::move(sums));
  }
  if (beta && context.wants(*beta)) {
    Tensor sums = empty(shape_of(beta->value()));
    kernels::column_sums(rows, channels, gradient.data(), sums.data());
    context.add_gradient(*beta, std::move(sums));
  }
}

Tensor AxesNormalization::forward(const Layer& layer, const Tensor& input) const {
  const AxesLast moving(shape_of(input), axes, layer.label());
  Tensor x = moving.moved(Tensor(input));
  rows.forward(moving.rows(), moving.count(), x.data());
  apply_affine(moving.rows(), moving.count(), x, gamma, beta);
  return moving.moved_back(std::move(x));
}

Tensor AxesNormalization::backward(const Layer& layer, Tensor gradient, Context& context) const {
  const AxesLast moving(shape_of(gradient), axes, layer.label());
  gradient = moving.moved(std::move(gradient));
  Tensor storage;
  const Tensor& x = moving.moved(context.input(), storage);
  if (gamma && context.wants(*gamma)) {
    Tensor normalised = x;
    rows.forward(moving.rows(), moving.count(), normalised.data());
    add_affine_gradients(moving.rows(), moving.count(), normalised, gradient, gamma, beta, context);
  } else {
    add_affine_gradients(moving.rows(), moving.count(), x, gradient, nullptr, beta, context);
  }
  if (!context.wants_input_gradient()) return {};
  apply_affine(moving.rows(), moving.count(), gradient, gamma, nullptr);
  rows.backward(moving.rows(), moving.count(), x.data(), gradient.data());
  return moving.moved_back(std::move(gradient));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
