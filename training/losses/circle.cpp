#include "circle.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {
namespace {

constexpr double none = -std::numeric_limits<double>::infinity();

double log_sum_exp(const std::vector<double>& terms) {
  double largest = none;
  for (const double term : terms) largest = std::max(largest, term);
  if (largest == none) return none;
  double sum = 0;
  for (const double term : terms) sum += std::exp(term - largest);
  return largest + std::log(sum);
}

}  // namespace

void CircleOptions::describe(Fields& fields) {
  describe_loss(fields, name, reduction, dtype);
  fields("gamma", gamma)("margin", margin)("remove_diagonal", remove_diagonal);
}

void Circle::check_shapes(const Tensor& y_true, const Tensor& y_pred) const {
  const bool fits = y_pred.dimension() == 2 && y_true.size() == y_pred.shape(0) &&
                    (y_true.dimension() == 1 || y_true.dimension() == 2) &&
                    y_true.shape(0) == y_pred.shape(0);
  if (fits) return;
  throw ShapeError(concat("Loss '", name(), "': y_true must be labels (batch), y_pred embeddings ",
                          "(batch, n). Received: y_true.shape=", shape_of(y_true),
                          ", y_pred.shape=", shape_of(y_pred)));
}

std::optional<Tensor> Circle::own_mask(const Tensor& y_true) const {
  Tensor mask = empty({static_cast<Dim>(y_true.size())});
  for (std::size_t i = 0; i < mask.size(); ++i) {
    std::size_t same = 0;
    for (const real label : y_true) same += label == y_true.data()[i] ? 1 : 0;
    const std::size_t pairs = same - (options_.remove_diagonal ? 1 : 0);
    mask.data()[i] = pairs > 0 && same < mask.size();
  }
  return mask;
}

void Circle::compute(const Tensor& y_true, const Tensor& y_pred, Tensor& values,
                     const Tensor& coefficients, Tensor* gradient) const {
  const std::size_t batch = values.size(), length = batch ? y_pred.size() / batch : 0;
  const auto row = [&](std::size_t i) { return y_pred.data() + i * length; };
  const double gamma = options_.gamma, margin = options_.margin;
  std::vector<double> sums(gradient ? y_pred.size() : 0, 0.0);
  for (std::size_t i = 0; i < batch; ++i) {
    // Of each pair what goes into the sums of exponentials, and its derivative by the similarity.
    std::vector<double> positive(batch, none), negative(batch, none), slope(batch, 0.0);
    for (std::size_t k = 0; k < batch; ++k) {
      double similarity = 0;
      for (std::size_t c = 0; c < length; ++c) similarity += double{row(i)[c]} * double{row(k)[c]};
      const double distance = std::max(1 - similarity, 0.0);
      const double by_similarity = similarity < 1 ? -1 : 0;
      if (y_true.data()[i] == y_true.data()[k]) {
        if (options_.remove_diagonal && i == k) continue;
        const double weight = std::max(margin + distance, 0.0);
        positive[k] = -gamma * weight * (margin - distance);
        const double by_weight = margin + distance > 0 ? -gamma * (margin - distance) : 0;
        slope[k] = (by_weight + gamma * weight) * by_similarity;
      } else {
        const double weight = std::max(1 + margin - distance, 0.0);
        negative[k] = gamma * weight * (1 - margin - distance);
        const double by_weight = 1 + margin - distance > 0 ? -gamma * (1 - margin - distance) : 0;
        slope[k] = (by_weight - gamma * weight) * by_similarity;
      }
    }
    const double p = log_sum_exp(positive), n = log_sum_exp(negative), x = p + n;
    values.data()[i] = static_cast<real>(std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))));
    if (!gradient || x == none) continue;
    const double share = double{coefficients.data()[i]} / (1 + std::exp(-x));
    for (std::size_t k = 0; k < batch; ++k) {
      const double term = y_true.data()[i] == y_true.data()[k] ? std::exp(positive[k] - p)
                                                               : std::exp(negative[k] - n);
      const double factor = share * term * slope[k];
      for (std::size_t c = 0; c < length; ++c) {
        sums[i * length + c] += factor * double{row(k)[c]};
        sums[k * length + c] += factor * double{row(i)[c]};
      }
    }
  }
  for (std::size_t i = 0; i < sums.size(); ++i) gradient->data()[i] = static_cast<real>(sums[i]);
}

}  // namespace keratin::inline KERATIN_VARIANT::losses
