#include "aug_mix.hpp"

#include <algorithm>
#include <cmath>

#include "../../../framework/fields_impl.hpp"
#include "augmentations.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// y += part * x
void add_part(Tensor& y, real part, const Tensor& x) {
  for (std::size_t k = 0; k < y.size(); ++k) y.data()[k] += part * x.data()[k];
}

Tensor times(Tensor x, real factor) {
  for (real& value : x) value *= factor;
  return x;
}

}  // namespace

void AugMixOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("value_range", value_range)("num_chains", num_chains)("chain_depth", chain_depth)(
      "factor", factor)("alpha", alpha)("all_ops", all_ops)("interpolation", interpolation)("seed",
                                                                                            seed);
}

AugMixLayer::AugMixLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  if (options_.num_chains < 1 || options_.chain_depth < 0) {
    refuse("`num_chains` must be positive and `chain_depth` not negative. Received: num_chains=",
           options_.num_chains, ", chain_depth=", options_.chain_depth);
  }
  if (!(options_.alpha > 0)) refuse("`alpha` must be positive. Received: alpha=", options_.alpha);
  const Range factor = base_factor(*this, options_.factor, 0, 1);
  colours_ = value_range(*this, options_.value_range);
  layers_ = augmentations(
      {factor, options_.value_range, options_.interpolation, options_.data_format, name()},
      options_.all_ops);
}

AugMixLayer::Chains AugMixLayer::chains(const Random& random) const {
  const auto count = static_cast<std::size_t>(options_.num_chains);
  const auto depth = static_cast<std::size_t>(options_.chain_depth);
  Chains drawn;
  drawn.original = static_cast<real>(beta_draw(part_of(random, 0), options_.alpha, options_.alpha));
  // Dirichlet: gamma draws, divided by their sum.
  std::vector<double> logarithms;
  for (std::size_t i = 0; i < count; ++i)
    logarithms.push_back(log_gamma_draw(part_of(random, 1 + i), options_.alpha));
  const double largest = *std::ranges::max_element(logarithms);
  double sum = 0;
  for (const double logarithm : logarithms) sum += std::exp(logarithm - largest);
  for (std::size_t i = 0; i < count; ++i) {
    drawn.parts.push_back(static_cast<real>(std::exp(logarithms[i] - largest) / sum));
    auto& stages = drawn.stages.emplace_back();
    for (std::size_t k = 0; k < depth; ++k) {
      // One choice more than layers: no change.
      const std::uint64_t chosen = random.below(i * depth + k, layers_.size() + 1);
      if (chosen < layers_.size())
        stages.push_back({layers_[chosen].get(), part_of(random, 1 + count + i * depth + k)});
    }
  }
  return drawn;
}

Tensor AugMixLayer::mixed(const Tensor& images, const ImageShape& shape,
                          const Chains& chains) const {
  Tensor output = times(images, chains.original);
  for (std::size_t i = 0; i < chains.stages.size(); ++i)
    add_part(output, (1 - chains.original) * chains.parts[i],
             run_stages(images, shape, chains.stages[i]));
  return output;
}

Tensor AugMixLayer::augment(const Tensor& images, const ImageShape& shape,
                            const Random& random) const {
  Tensor output = mixed(images, shape, chains(random));
  for (real& colour : output) colour = clipped(colour, colours_);
  return output;
}

Tensor AugMixLayer::augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                                     const Random& random) const {
  const Chains drawn = chains(random);
  const Tensor output = mixed(images, shape, drawn);
  for (std::size_t k = 0; k < output.size(); ++k) {
    if (is_clipped(output.data()[k], colours_)) gradient.data()[k] = 0;
  }
  Tensor input_gradient = times(gradient, drawn.original);
  for (std::size_t i = 0; i < drawn.stages.size(); ++i) {
    const Tensor through = times(gradient, (1 - drawn.original) * drawn.parts[i]);
    add_part(input_gradient, 1, run_stages_backward(through, images, shape, drawn.stages[i]));
  }
  return input_gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
