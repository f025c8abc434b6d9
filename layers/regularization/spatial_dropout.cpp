#include "spatial_dropout.hpp"

#include "../../framework/fields_impl.hpp"
#include "../../framework/prepared/operation.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

struct Kept {
  Tensor scales;
};

}  // namespace

template <std::size_t Rank>
void SpatialDropoutOptions<Rank>::describe(Fields& fields) {
  fields("rate", rate)("seed", seed);
  // Keras neither writes nor needs what Dropout has.
  if (fields.reading()) fields.ignore("noise_shape");
  if (Rank > 1) fields("data_format", data_format);
}

template <std::size_t Rank>
SpatialDropoutLayer<Rank>::SpatialDropoutLayer(SpatialDropoutOptions<Rank> options,
                                               LayerOptions common)
    : Base(std::move(options), std::move(common)), seed_(seed_or_next(this->options_.seed)) {
  check_rate(*this, this->options_.rate);
  this->set_input_spec({.ndim = Rank + 2});
}

template <std::size_t Rank>
Tensor SpatialDropoutLayer<Rank>::forward(const Tensor& input, Context& context) const {
  const auto& options = this->options_;
  if (!context.training() || options.rate == 0) return input;
  const bool channels_first = Rank > 1 && options.data_format == DataFormat::channels_first;
  Shape shape = shape_of(input);
  const std::size_t channel_axis = channels_first ? 1 : shape.size() - 1;
  for (std::size_t i = 1; i < shape.size(); ++i) {
    if (i != channel_axis) shape[i] = 1;
  }
  Kept kept{keep_scales(shape, options.rate, context.random(seed_))};
  Tensor output = times_broadcast(input, kept.scales);
  if (context.backward_follows()) context.save(std::move(kept));
  return output;
}

template <std::size_t Rank>
Tensor SpatialDropoutLayer<Rank>::backward(Tensor gradient, Context& context) const {
  if (!context.has_saved<Kept>()) return gradient;
  return times_broadcast(std::move(gradient), context.saved<Kept>().scales);
}

template <std::size_t Rank>
void SpatialDropoutLayer<Rank>::write_config(Json& config) const {
  // Keras writes these and no more, in this order.
  const auto& options = this->options_;
  config["rate"] = options.rate;
  config["seed"] = options.seed ? Json(*options.seed) : Json(nullptr);
  config["name"] = this->name();
  config["dtype"] = this->dtype();
  if (Rank > 1) config["data_format"] = options.data_format.name();
}

template <std::size_t Rank>
std::shared_ptr<prepared::Operation> SpatialDropoutLayer<Rank>::prepare(
    const Shapes& /*inputs*/) const {
  return std::make_shared<prepared::Nothing>();
}

template struct SpatialDropoutOptions<1>;
template struct SpatialDropoutOptions<2>;
template struct SpatialDropoutOptions<3>;
template class SpatialDropoutLayer<1>;
template class SpatialDropoutLayer<2>;
template class SpatialDropoutLayer<3>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
