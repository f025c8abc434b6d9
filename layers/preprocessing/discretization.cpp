#include "discretization.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "../../framework/fields_impl.hpp"
#include "encoding.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

namespace {

/// Values with the weights of what they stand for.
struct Summary {
  std::vector<double> values, weights;
};

/// Of sorted values, each so many-th that about 1 / epsilon remain.
Summary summarized(std::vector<float> values, double epsilon) {
  std::ranges::sort(values);
  const double increment = static_cast<double>(values.size()) * epsilon;
  const double step = std::max(increment, 1.0);
  Summary summary;
  for (auto i = static_cast<std::size_t>(increment); i < values.size();
       i += static_cast<std::size_t>(step)) {
    summary.values.push_back(static_cast<double>(values[i]));
    summary.weights.push_back(static_cast<double>(static_cast<float>(step)));
  }
  return summary;
}

/// The piecewise linear function through (xs, ys), constant beyond (numpy.interp).
double interpolated(double x, const std::vector<double>& xs, const std::vector<double>& ys) {
  const auto above = std::ranges::upper_bound(xs, x);
  if (above == xs.begin()) return ys.front();
  if (above == xs.end()) return ys.back();
  const auto i = static_cast<std::size_t>(above - xs.begin());
  return ys[i - 1] + (ys[i] - ys[i - 1]) / (xs[i] - xs[i - 1]) * (x - xs[i - 1]);
}

/// The summary at the shares epsilon, 2 epsilon... of the weights.
Summary compressed(const Summary& summary, double epsilon) {
  if (static_cast<double>(summary.values.size()) * epsilon < 1) return summary;
  std::vector<double> sums(summary.weights.size()), shares(sums.size());
  std::partial_sum(summary.weights.begin(), summary.weights.end(), sums.begin());
  for (std::size_t i = 0; i < sums.size(); ++i) shares[i] = sums[i] / sums.back();
  Summary result;
  double before = 0;
  const auto count = static_cast<std::size_t>(std::ceil(1 / epsilon));
  for (std::size_t i = 0; i < count; ++i) {
    const double share = epsilon + static_cast<double>(i) * epsilon;
    const double sum = interpolated(share, shares, sums);
    const double value = interpolated(share, shares, summary.values);
    result.values.push_back(static_cast<double>(static_cast<float>(value)));
    result.weights.push_back(static_cast<double>(static_cast<float>(sum - before)));
    before = sum;
  }
  return result;
}

}  // namespace

void DiscretizationOptions::describe(Fields& fields) {
  std::optional<std::vector<double>> boundaries;
  if (!bin_boundaries.empty()) boundaries = bin_boundaries;
  fields("bin_boundaries", boundaries)("num_bins", num_bins)("epsilon", epsilon)("output_mode",
                                                                                 output_mode)
      .constant("sparse", false);
  bin_boundaries = boundaries.value_or(std::vector<double>{});
}

DiscretizationLayer::DiscretizationLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  if (options_.bin_boundaries.empty() && !options_.num_bins)
    refuse("You need to set either `num_bins` or `bin_boundaries`.");
  if (options_.num_bins && *options_.num_bins < 1) {
    refuse("`num_bins` must be greater than or equal to 1. Received: `num_bins=",
           *options_.num_bins, "`");
  }
  // A config has both once the layer was adapted.
  if (options_.num_bins && bins() > *options_.num_bins) {
    refuse("Both `num_bins` and `bin_boundaries` should not be set. Received: `num_bins=",
           *options_.num_bins, "` and `bin_boundaries=", options_.bin_boundaries, "`");
  }
  if (!(options_.epsilon > 0 && options_.epsilon <= 1))
    refuse("`epsilon` must be above 0 and at most 1. Received: epsilon=", options_.epsilon);
  if (!std::ranges::is_sorted(options_.bin_boundaries)) {
    refuse("`bin_boundaries` must ascend. Received: bin_boundaries=", options_.bin_boundaries);
  }
  if (options_.output_mode != "int") Encoding(options_.output_mode).name();
}

void DiscretizationLayer::adapt(const Tensor& data) {
  if (!options_.num_bins) {
    refuse(
        "Cannot adapt a Discretization layer that has been initialized with `bin_boundaries`, use ",
        "`num_bins` instead.");
  }
  std::vector<float> values;
  for (const real value : data) values.push_back(static_cast<float>(value));
  const Summary summary =
      compressed(summarized(std::move(values), options_.epsilon), options_.epsilon);
  if (summary.values.empty()) refuse("cannot adapt to no data");
  Summary ends = compressed(summary, 1.0 / static_cast<double>(*options_.num_bins));
  ends.values.pop_back();
  options_.bin_boundaries = std::move(ends.values);
}

Shape DiscretizationLayer::compute_output_shape(const Shape& input) const {
  if (options_.output_mode == "int") return input;
  return Encoding(options_.output_mode).output_shape(input, bins());
}

Tensor DiscretizationLayer::forward(const Tensor& input, Context& /*context*/) const {
  const auto& ends = options_.bin_boundaries;
  if (ends.empty() && *options_.num_bins > 1) {
    refuse("You need to either pass the `bin_boundaries` argument at construction time or call ",
           "`adapt(dataset)` before you can start using the `Discretization` layer.");
  }
  Tensor indices = empty(shape_of(input));
  for (std::size_t i = 0; i < input.size(); ++i) {
    const auto above = std::ranges::upper_bound(ends, static_cast<double>(input.data()[i]));
    indices.data()[i] = static_cast<real>(above - ends.begin());
  }
  return options_.output_mode == "int" ? indices
                                       : Encoding(options_.output_mode).encode(indices, bins());
}

Tensor DiscretizationLayer::backward(Tensor /*gradient*/, Context& context) const {
  return zeros(shape_of(context.input()));
}

void DiscretizationLayer::write_config(Json& config) const {
  // Keras writes these and no more, in this order.
  Options options = options_;
  Fields fields = Fields::writer(config);
  options.describe(fields);
  config["name"] = name();
  config["dtype"] = dtype();
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
