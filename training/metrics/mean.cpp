#include "mean.hpp"

#include <numeric>

#include "weights.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {
namespace {

BasicTensor<double> scalar(double value) {
  BasicTensor<double> tensor = empty_tensor<double>({});
  tensor.data()[0] = value;
  return tensor;
}

/// Reduces each run of `length` values to one.
std::vector<double> reduced(const std::vector<double>& values, std::size_t length, Reduce reduce) {
  std::vector<double> result(length ? values.size() / length : 0, 0.0);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(i * length);
    result[i] = std::accumulate(first, first + static_cast<std::ptrdiff_t>(length), 0.0);
    if (reduce == Reduce::mean) result[i] /= static_cast<double>(length);
  }
  return result;
}

}  // namespace

Samples samplewise(Tensor values, const Tensor* sample_weight, Reduce reduce) {
  Tensor weight = sample_weight ? *sample_weight : Tensor();
  if (sample_weight) match_ranks(values, weight);
  Shape shape = shape_of(values);
  std::vector<double> elements(values.begin(), values.end());
  Samples result;
  if (sample_weight) {
    if (weight.dimension() > shape.size()) refuse_weight(weight, shape);
    std::size_t inner = 1;
    while (shape.size() > weight.dimension()) {
      inner *= static_cast<std::size_t>(shape.back());
      shape.pop_back();
    }
    elements = reduced(elements, inner, reduce);
    const auto weights = broadcast_weights(weight, shape);
    for (std::size_t i = 0; i < elements.size(); ++i) elements[i] *= weights[i];
    const std::size_t samples = shape.empty() ? 1 : static_cast<std::size_t>(shape.front());
    for (const double w : reduced(weights, samples ? weights.size() / samples : 0, reduce))
      result.weight += w;
  }
  const std::size_t samples = shape.empty() ? 1 : static_cast<std::size_t>(shape.front());
  result.values = reduced(elements, samples ? elements.size() / samples : 0, reduce);
  if (!sample_weight) result.weight = static_cast<double>(result.values.size());
  return result;
}

MeanMetric::MeanMetric() { variables_ = {{"total", scalar(0)}, {"count", scalar(0)}}; }

void MeanMetric::add(Tensor values, const Tensor* sample_weight) {
  const Samples samples = samplewise(std::move(values), sample_weight, Reduce::mean);
  for (const double value : samples.values) variables_[0].value.data()[0] += value;
  variables_[1].value.data()[0] += samples.weight;
}

void MeanMetric::update_state(const Tensor& y_true, const Tensor& y_pred,
                              const Tensor* sample_weight) {
  add(values(y_true, y_pred), sample_weight);
}

BasicTensor<double> MeanMetric::results() const {
  const double total = variables_[0].value.data()[0], count = variables_[1].value.data()[0];
  return scalar(count == 0 ? 0 : total / count);
}

Sum::Sum(MetricOptions options) : WithMetricOptions(std::move(options)) {
  variables_ = {{"total", scalar(0)}};
}

void Sum::update_state(const Tensor& values, const Tensor* sample_weight) {
  for (const double value : samplewise(values, sample_weight, Reduce::sum).values)
    variables_[0].value.data()[0] += value;
}

}  // namespace keratin::inline KERATIN_VARIANT::metrics
