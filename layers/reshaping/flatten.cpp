#include "flatten.hpp"

#include <algorithm>

#include "../../framework/axes_last.hpp"
#include "../../framework/fields_impl.hpp"
#include "../../framework/prepared/operation.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// Channels first to channels last.
AxesLast channels_last(const Shape& shape, const Layer& layer) {
  return AxesLast(shape, {1}, layer.label());
}

bool has_channels_first(const FlattenOptions& options, const Shape& shape) {
  return options.data_format == DataFormat::channels_first && shape.size() > 2;
}

}  // namespace

void FlattenOptions::describe(Fields& fields) { fields("data_format", data_format); }

FlattenLayer::FlattenLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  set_input_spec({.min_ndim = 1});
}

Shape FlattenLayer::compute_output_shape(const Shape& input) const {
  const bool known =
      std::none_of(input.begin() + 1, input.end(), [](Dim size) { return size == unknown; });
  return {input[0], known ? static_cast<Dim>(size_of_axes(input, 1, input.size())) : unknown};
}

Tensor FlattenLayer::forward(const Tensor& input, Context& /*context*/) const {
  const Shape shape = shape_of(input);
  const Shape flat = compute_output_shape(shape);
  if (!has_channels_first(options_, shape)) return reshaped(input, flat);
  Tensor storage;
  return reshaped(channels_last(shape, *this).moved(input, storage), flat);
}

Tensor FlattenLayer::backward(Tensor gradient, Context& context) const {
  const Shape shape = shape_of(context.input());
  if (!has_channels_first(options_, shape)) return reshaped(std::move(gradient), shape);
  Shape moved = shape;
  std::rotate(moved.begin() + 1, moved.begin() + 2, moved.end());
  return channels_last(shape, *this).moved_back(reshaped(std::move(gradient), moved));
}

std::shared_ptr<prepared::Operation> FlattenLayer::prepare(const Shapes& inputs) const {
  if (has_channels_first(options_, inputs[0])) return nullptr;
  return std::make_shared<prepared::Computation>(
      [this](const Shapes& shapes) { return prepared::Bound{compute_output_shape(shapes[0])}; });
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
