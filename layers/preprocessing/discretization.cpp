#include "discretization.hpp"

#include <algorithm>

#include "../../framework/fields_impl.hpp"
#include "encoding.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void DiscretizationOptions::describe(Fields& fields) {
  fields("bin_boundaries", bin_boundaries)("num_bins", num_bins)("epsilon", epsilon)("output_mode",
                                                                                     output_mode)
      .constant("sparse", false);
}

DiscretizationLayer::DiscretizationLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  if (options_.bin_boundaries.empty() || options_.num_bins) {
    refuse("`bin_boundaries` must be given, and `num_bins`, which asks for adapt(), must not. ",
           "Received: bin_boundaries=", options_.bin_boundaries);
  }
  if (!std::ranges::is_sorted(options_.bin_boundaries)) {
    refuse("`bin_boundaries` must ascend. Received: bin_boundaries=", options_.bin_boundaries);
  }
  if (options_.output_mode != "int") Encoding(options_.output_mode).name();
}

Shape DiscretizationLayer::compute_output_shape(const Shape& input) const {
  if (options_.output_mode == "int") return input;
  return Encoding(options_.output_mode).output_shape(input, bins());
}

Tensor DiscretizationLayer::forward(const Tensor& input, Context& /*context*/) const {
  const auto& ends = options_.bin_boundaries;
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
