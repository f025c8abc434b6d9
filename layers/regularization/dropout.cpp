#include "dropout.hpp"

#include "../../framework/fields_impl.hpp"
#include "../../framework/prepared/operation.hpp"
#include "noise_shape.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

struct Kept {
  Tensor scales;
};

}  // namespace

void DropoutOptions::describe(Fields& fields) {
  fields("rate", rate)("seed", seed);
  describe_noise_shape(fields, noise_shape);
}

DropoutLayer::DropoutLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)), seed_(seed_or_next(options_.seed)) {
  check_rate(*this, options_.rate);
  check_noise_shape(*this, options_.noise_shape);
}

Tensor DropoutLayer::forward(const Tensor& input, Context& context) const {
  if (!context.training() || options_.rate == 0) return input;
  Kept kept{keep_scales(drawn_shape(*this, options_.noise_shape, shape_of(input)), options_.rate,
                        context.random(seed_))};
  Tensor output = times_broadcast(input, kept.scales);
  if (context.backward_follows()) context.save(std::move(kept));
  return output;
}

std::shared_ptr<prepared::Operation> DropoutLayer::prepare(const Shapes& /*inputs*/) const {
  return std::make_shared<prepared::Nothing>();
}

Tensor DropoutLayer::backward(Tensor gradient, Context& context) const {
  if (!context.has_saved<Kept>()) return gradient;
  return times_broadcast(std::move(gradient), context.saved<Kept>().scales);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
