#include "spectral_normalization.hpp"

#include <algorithm>
#include <cmath>

#include "../../framework/fields_impl.hpp"
#include "../../framework/kernels/gemm.hpp"
#include "../../initializers/random.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

using kernels::gemm;
using kernels::Transpose;

namespace {

void normalize(std::vector<real>& vector) {
  double sum = 0;
  for (const real value : vector) sum += double{value} * double{value};
  const auto norm = static_cast<real>(std::max(std::sqrt(sum), 1e-12));
  for (real& value : vector) value /= norm;
}

/// The largest singular value of the matrix (rows, columns) as the power iteration finds it.
double power_iteration(const Tensor& matrix, std::size_t columns, Dim steps, Tensor& u) {
  const std::size_t rows = matrix.size() / columns;
  std::vector<real> left(rows), right(u.begin(), u.end());
  for (Dim step = 0; step < steps; ++step) {
    gemm<real>(Transpose::no, Transpose::yes, 1, rows, columns, right.data(), columns,
               matrix.data(), columns, 0, left.data(), rows);
    normalize(left);
    gemm<real>(Transpose::no, Transpose::no, 1, columns, rows, left.data(), rows, matrix.data(),
               columns, 0, right.data(), columns);
    normalize(right);
  }
  std::vector<real> product(columns);
  gemm<real>(Transpose::no, Transpose::no, 1, columns, rows, left.data(), rows, matrix.data(),
             columns, 0, product.data(), columns);
  double sigma = 0;
  for (std::size_t i = 0; i < columns; ++i) sigma += double{product[i]} * double{right[i]};
  std::copy(right.begin(), right.end(), u.begin());
  return sigma;
}

}  // namespace

/// A call in training: a layer like the wrapped one with the divided kernel, so that no weight
/// changes while others compute, and the memory of its call.
struct SpectralNormalizationLayer::Trained {
  Trained(std::shared_ptr<Layer> like_wrapped, const Step& outer, bool training, std::uint64_t id)
      : layer(std::move(like_wrapped)),
        step{.training = training,
             .backward = outer.backward,
             .penalties = outer.penalties,
             .seed = outer.seed,
             .index = outer.index},
        context(step, id) {}

  std::shared_ptr<Layer> layer;
  Step step;
  Context context;
};

void SpectralNormalizationOptions::describe(Fields& fields) {
  fields("layer", layer)("power_iterations", power_iterations);
}

SpectralNormalizationLayer::SpectralNormalizationLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  if (!options_.layer) refuse("Argument `layer` is required");
  if (options_.power_iterations <= 0) {
    refuse("`power_iterations` should be greater than zero. Received: `power_iterations=",
           options_.power_iterations, "`");
  }
}

void SpectralNormalizationLayer::build_weights(const Shape& input) {
  layer().build({input});
  for (const char* name : {"embeddings", "kernel"}) {
    for (Parameter& weight : layer().own_weights()) {
      if (weight.name() == name) kernel_ = &weight;
    }
  }
  if (!kernel_) refuse(layer().class_name(), " object has no attribute 'kernel' nor 'embeddings'");
  vector_u_ = &add_weight({.name = "vector_u",
                           .shape = {1, shape_of(kernel_->value()).back()},
                           .initializer = initializers::TruncatedNormal({.stddev = 0.02}),
                           .trainable = false});
  set_input_spec({.min_ndim = 1, .axes = {{-1, input.back()}}});
}

std::vector<Sublayer> SpectralNormalizationLayer::sublayers() const {
  return {{"layer", &layer()}};
}

Shape SpectralNormalizationLayer::compute_output_shape(const Shape& input) const {
  return layer().compute_output_shapes({input}).at(0);
}

std::shared_ptr<Layer> SpectralNormalizationLayer::with_kernel(const Tensor& kernel) const {
  Json config = layer().get_config();
  // Its weights are assigned: drawing them would be work for nothing.
  for (const auto& [key, value] : config.items()) {
    if (key.ends_with("_initializer")) value = "zeros";
  }
  const auto like = Registry<Layer>::instance().make(std::string(layer().class_name()), config);
  like->build(layer().build_shapes());
  const auto from = layer().weights(), to = like->weights();
  for (std::size_t i = 0; i < from.size(); ++i)
    to[i]->assign(from[i] == kernel_ ? kernel : from[i]->value());
  return like;
}

Tensor SpectralNormalizationLayer::forward(const Tensor& input, Context& context) const {
  Tensor kernel = context.current(*kernel_);
  const bool is_zero = std::all_of(kernel.begin(), kernel.end(), [](real w) { return w == 0; });
  Context* memory = &context.child(0);
  const Layer* called = &layer();
  std::shared_ptr<Trained> trained;
  if (context.training() && !is_zero) {
    Tensor u = context.current(*vector_u_);
    const double sigma = power_iteration(kernel, u.size(), options_.power_iterations, u);
    for (real& weight : kernel) weight = static_cast<real>(double{weight} / sigma);
    trained = std::make_shared<Trained>(with_kernel(kernel), context.step(), context.training(),
                                        memory->id());
    context.update(*vector_u_, std::move(u));
    context.update(*kernel_, std::move(kernel));
    called = trained->layer.get();
    memory = &trained->context;
  }
  memory->set_masks({context.mask()});
  memory->set_wanted({context.wants_input_gradient()});
  memory->run(*called, input);
  if (const Tensor* mask = memory->output_mask()) context.set_output_mask(*mask);
  if (trained) {
    const auto own = layer().weights(), like = trained->layer->weights();
    for (std::size_t i = 0; i < own.size(); ++i) {
      const auto proposed = trained->step.updates.find(like[i]);
      if (proposed != trained->step.updates.end()) context.update(*own[i], proposed->second);
    }
    context.add_penalty(trained->step.penalty);
    context.save(trained);
  }
  return memory->output();
}

Tensor SpectralNormalizationLayer::backward(Tensor gradient, Context& context) const {
  if (!context.has_saved<std::shared_ptr<Trained>>())
    return context.child(0).run_backward(std::move(gradient));
  Trained& trained = *context.saved<std::shared_ptr<Trained>>();
  Tensor back = trained.context.run_backward(std::move(gradient));
  const auto own = layer().weights(), like = trained.layer->weights();
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (Tensor* found = trained.step.gradients.find(*like[i]))
      context.add_gradient(*own[i], std::move(*found));
  }
  return back;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
