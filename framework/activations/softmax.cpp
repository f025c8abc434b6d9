#include "softmax.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "../axes_last.hpp"
#include "../base/parallel.hpp"
#include "../fields_impl.hpp"
#include "../kernels/elementwise.hpp"

namespace keratin::inline KERATIN_VARIANT::activations {
namespace {

constexpr std::size_t grain = 16384;

template <class Body>
void for_rows(const AxesLast& axes, const Body& body) {
  const std::size_t count = axes.count();
  if (count == 0) return;
  parallel_for(axes.rows(), grain / count + 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) body(row * count);
  });
}

double dot(const real* a, const real* b, std::size_t count) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += double{a[i]} * double{b[i]};
  return sum;
}

double sum_of(const real* x, std::size_t count) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += double{x[i]};
  return sum;
}

}  // namespace

void AxisOptions::describe(Fields& fields) { fields("axis", axis); }

Tensor AlongAxis::forward(Tensor x) const {
  const AxesLast axes(shape_of(x), {axis()}, class_name());
  x = axes.moved(std::move(x));
  for_rows(axes, [&](std::size_t i) { apply(x.data() + i, axes.count()); });
  return axes.moved_back(std::move(x));
}

Tensor AlongAxis::backward(const Tensor& kept, Tensor dy) const {
  const AxesLast axes(shape_of(dy), {axis()}, class_name());
  Tensor storage;
  const Tensor& values = axes.moved(kept, storage);
  dy = axes.moved(std::move(dy));
  for_rows(axes,
           [&](std::size_t i) { change_gradient(values.data() + i, dy.data() + i, axes.count()); });
  return axes.moved_back(std::move(dy));
}

void Softmax::apply(real* x, std::size_t count) const {
  const real largest = *std::max_element(x, x + count);
  for (std::size_t i = 0; i < count; ++i) x[i] -= largest;
  kernels::exp(count, x, x);
  const auto scale = static_cast<real>(1 / sum_of(x, count));
  for (std::size_t i = 0; i < count; ++i) x[i] *= scale;
}

void Softmax::change_gradient(const real* y, real* dy, std::size_t count) const {
  const auto mean = static_cast<real>(dot(y, dy, count));
  for (std::size_t i = 0; i < count; ++i) dy[i] = y[i] * (dy[i] - mean);
}

void LogSoftmax::apply(real* x, std::size_t count) const {
  const real largest = *std::max_element(x, x + count);
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += double{std::exp(x[i] - largest)};
  const auto log_sum = static_cast<real>(std::log(sum));
  for (std::size_t i = 0; i < count; ++i) x[i] = x[i] - largest - log_sum;
}

void LogSoftmax::change_gradient(const real* y, real* dy, std::size_t count) const {
  const auto sum = static_cast<real>(sum_of(dy, count));
  for (std::size_t i = 0; i < count; ++i) dy[i] -= std::exp(y[i]) * sum;
}

Sparsemax::Support::Support(const real* x, std::size_t count) : order(count) {
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [x](std::size_t i, std::size_t j) { return x[i] > x[j]; });
  // The support are the k largest for which x_k > (sum of the k largest - 1) / k.
  double sum = 0, sum_of_sums = 0;
  std::size_t size = 0;
  for (const std::size_t i : order) {
    sum += double{x[i]};
    const auto k = static_cast<double>(size + 1);
    if (!(double{x[i]} > (sum - 1) / k)) break;
    sum_of_sums += sum;
    ++size;
  }
  order.resize(size);
  tau = (sum_of_sums - 1) / static_cast<double>(size);
}

void Sparsemax::apply(real* x, std::size_t count) const {
  const auto tau = static_cast<real>(Support(x, count).tau);
  for (std::size_t i = 0; i < count; ++i) x[i] = std::max(x[i] - tau, real{0});
}

void Sparsemax::change_gradient(const real* x, real* dy, std::size_t count) const {
  const Support support(x, count);
  const auto tau = static_cast<real>(support.tau);
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (x[i] <= tau) dy[i] = 0;
    sum += double{dy[i]};
  }
  // The largest takes part in all k partial sums of tau, the next in k - 1.
  const auto k = static_cast<double>(support.order.size());
  double share = k;
  for (const std::size_t i : support.order) dy[i] -= static_cast<real>(sum * share-- / k);
}

}  // namespace keratin::inline KERATIN_VARIANT::activations
