#include "category_encoding.hpp"

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void CategoryEncodingOptions::describe(Fields& fields) {
  std::string mode = output_mode.name();
  // Sparse tensors are refused.
  if (fields.reading()) fields.constant("sparse", false);
  fields("num_tokens", num_tokens)("output_mode", mode);
  output_mode = Encoding(mode);
}

CategoryEncodingLayer::CategoryEncodingLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  if (options_.num_tokens < 1) {
    refuse("`num_tokens` must be >= 1. Received: num_tokens=", options_.num_tokens, ".");
  }
}

Shapes CategoryEncodingLayer::compute_output_shapes(const Shapes& inputs) const {
  if (inputs.size() != 1 && (inputs.size() != 2 || options_.output_mode != Encoding::count)) {
    refuse("`count_weights` is not used when `output_mode` is not `'count'`. Received: ",
           inputs.size(), " inputs");
  }
  if (inputs.size() == 2 && inputs[0].size() != inputs[1].size()) {
    throw ShapeError(concat(label(), ": `count_weights` must have the shape of the indices. ",
                            "Received: ", tuple_text(inputs)));
  }
  return {options_.output_mode.output_shape(inputs[0], options_.num_tokens)};
}

Tensors CategoryEncodingLayer::forward_all(TensorRefs inputs, Context& /*context*/) const {
  for (const real value : *inputs[0]) {
    if (!(value >= 0 && value < static_cast<real>(options_.num_tokens))) {
      refuse("Input values must be in the range 0 <= values < num_tokens with num_tokens=",
             options_.num_tokens);
    }
  }
  const Tensor* weights = inputs.size() == 2 ? inputs[1] : nullptr;
  if (weights && weights->shape() != inputs[0]->shape()) {
    throw ShapeError(concat(label(), ": `count_weights` must have the shape of the indices. ",
                            "Received: ", tuple_text(shape_of(*weights)), " and ",
                            tuple_text(shape_of(*inputs[0]))));
  }
  Tensors outputs;
  outputs.push_back(options_.output_mode.encode(*inputs[0], options_.num_tokens, weights));
  return outputs;
}

Tensors CategoryEncodingLayer::backward_all(Tensors output_gradients, Context& context) const {
  const Tensor& indices = context.input();
  Tensors gradients;
  gradients.push_back(zeros(shape_of(indices)));
  if (context.inputs().size() == 2) {
    Tensor& weights = gradients.emplace_back(empty(shape_of(indices)));
    const std::size_t per_row =
        indices.dimension() == 0 ? 1 : indices.shape(indices.dimension() - 1);
    const auto width = static_cast<std::size_t>(options_.num_tokens);
    for (std::size_t i = 0; i < indices.size(); ++i) {
      weights.data()[i] =
          output_gradients[0]
              .data()[i / per_row * width + static_cast<std::size_t>(indices.data()[i])];
    }
  }
  return gradients;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
