#include "embedding.hpp"

#include <algorithm>

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void EmbeddingOptions::describe(Fields& fields) {
  // Of Keras 2, without effect on what is computed.
  if (fields.reading()) fields.ignore("input_length");
  fields("input_dim", input_dim)("output_dim", output_dim)(
      "embeddings_initializer", embeddings_initializer)("embeddings_regularizer",
                                                        embeddings_regularizer)
      .activity_regularizer()("embeddings_constraint", embeddings_constraint)("mask_zero",
                                                                              mask_zero)
      .constant("quantization_config", nullptr);
}

EmbeddingLayer::EmbeddingLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  const auto check = [this](const char* argument, Dim value) {
    if (value > 0) return;
    refuse("Invalid value for argument `", argument,
           "`, expected a positive integer. Received: ", argument, "=", value);
  };
  check("input_dim", options_.input_dim);
  check("output_dim", options_.output_dim);
}

void EmbeddingLayer::build_weights(const Shape& /*input*/) {
  embeddings_ = &add_weight({.name = "embeddings",
                             .shape = {options_.input_dim, options_.output_dim},
                             .initializer = options_.embeddings_initializer,
                             .regularizer = options_.embeddings_regularizer,
                             .constraint = options_.embeddings_constraint});
}

Shape EmbeddingLayer::compute_output_shape(const Shape& input) const {
  Shape output = input;
  output.push_back(options_.output_dim);
  return output;
}

std::size_t EmbeddingLayer::index(real value) const {
  if (!(value >= 0 && value < static_cast<real>(options_.input_dim))) {
    refuse("indices must be in [0, ", options_.input_dim, "). Received: ", value);
  }
  return static_cast<std::size_t>(value);
}

Tensor EmbeddingLayer::forward(const Tensor& input, Context& context) const {
  Tensor output = empty(compute_output_shape(shape_of(input)));
  const auto width = static_cast<std::size_t>(options_.output_dim);
  for (std::size_t i = 0; i < input.size(); ++i) {
    std::copy_n(embeddings_->value().data() + index(input.data()[i]) * width, width,
                output.data() + i * width);
  }
  if (options_.mask_zero) {
    Tensor mask = input;
    for (real& value : mask) value = value != 0 ? real{1} : real{0};
    context.set_output_mask(std::move(mask));
  }
  return output;
}

Tensor EmbeddingLayer::backward(Tensor gradient, Context& context) const {
  const Tensor& input = context.input();
  if (context.wants(*embeddings_)) {
    const auto width = static_cast<std::size_t>(options_.output_dim);
    Tensor sums = zeros(shape_of(embeddings_->value()));
    for (std::size_t i = 0; i < input.size(); ++i) {
      real* const row = sums.data() + index(input.data()[i]) * width;
      for (std::size_t k = 0; k < width; ++k) row[k] += gradient.data()[i * width + k];
    }
    context.add_gradient(*embeddings_, std::move(sums));
  }
  return zeros(shape_of(input));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
