#include "dense.hpp"

#include "../../framework/fields_impl.hpp"
#include "../../framework/kernels/elementwise.hpp"
#include "../../framework/kernels/gemm.hpp"
#include "prepared_dense.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

using kernels::gemm;
using kernels::Transpose;

void DenseOptions::describe(Fields& fields) {
  fields("units", units)("activation", activation)("use_bias", use_bias)(
      "kernel_initializer", kernel_initializer)("bias_initializer", bias_initializer)(
      "kernel_regularizer", kernel_regularizer)("bias_regularizer", bias_regularizer)(
      "kernel_constraint", kernel_constraint)("bias_constraint", bias_constraint)
      .constant("quantization_config", nullptr);
}

DenseLayer::DenseLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  if (options_.units <= 0) {
    refuse("Received an invalid value for `units`, expected a positive integer. Received: units=",
           options_.units);
  }
}

void DenseLayer::build_weights(const Shape& input) {
  set_input_spec({.min_ndim = 2});
  check_inputs(Shapes{input});
  kernel_ = &add_weight({.name = "kernel",
                         .shape = {input.back(), options_.units},
                         .initializer = options_.kernel_initializer,
                         .regularizer = options_.kernel_regularizer,
                         .constraint = options_.kernel_constraint});
  if (options_.use_bias) {
    bias_ = &add_weight({.name = "bias",
                         .shape = {options_.units},
                         .initializer = options_.bias_initializer,
                         .regularizer = options_.bias_regularizer,
                         .constraint = options_.bias_constraint});
  }
  set_input_spec({.min_ndim = 2, .axes = {{-1, input.back()}}});
}

Shape DenseLayer::compute_output_shape(const Shape& input) const {
  Shape output = input;
  output.back() = options_.units;
  return output;
}

Tensor DenseLayer::forward(const Tensor& input, Context& context) const {
  Tensor output = empty(compute_output_shape(shape_of(input)));
  const std::size_t depth = kernel_->value().shape(0), units = kernel_->value().shape(1);
  const std::size_t rows = output.size() / units;
  const kernels::Epilogue<real> epilogue{.bias = bias_ ? bias_->value().data() : nullptr};
  if (kernels::packing_pays(rows)) {
    const auto packed = packed_.get(*kernel_, [&] {
      return kernels::PackedMatrix<real>(Transpose::no, depth, units, kernel_->value().data(),
                                         units);
    });
    gemm<real>(Transpose::no, rows, input.data(), depth, *packed, 0, output.data(), units,
               epilogue);
  } else {
    gemm<real>(Transpose::no, Transpose::no, rows, units, depth, input.data(), depth,
               kernel_->value().data(), units, 0, output.data(), units, epilogue);
  }
  return activate(options_.activation, std::move(output), context);
}

Tensor DenseLayer::backward(Tensor gradient, Context& context) const {
  gradient = activation_gradient(options_.activation, std::move(gradient), context);
  const Tensor& input = context.input();
  const std::size_t depth = kernel_->value().shape(0), units = kernel_->value().shape(1);
  const std::size_t rows = gradient.size() / units;
  if (context.wants(*kernel_)) {
    Tensor kernel_gradient = empty(shape_of(kernel_->value()));
    gemm<real>(Transpose::yes, Transpose::no, depth, units, rows, input.data(), depth,
               gradient.data(), units, 0, kernel_gradient.data(), units);
    context.add_gradient(*kernel_, std::move(kernel_gradient));
  }
  if (bias_ && context.wants(*bias_)) {
    Tensor bias_gradient = empty({options_.units});
    kernels::column_sums(rows, units, gradient.data(), bias_gradient.data());
    context.add_gradient(*bias_, std::move(bias_gradient));
  }
  if (!context.wants_input_gradient()) return {};
  Tensor input_gradient = empty(shape_of(input));
  gemm<real>(Transpose::no, Transpose::yes, rows, depth, units, gradient.data(), units,
             kernel_->value().data(), units, 0, input_gradient.data(), depth);
  return input_gradient;
}

std::shared_ptr<prepared::Operation> DenseLayer::prepare(const Shapes& inputs) const {
  if (!prepared::keeps_shape(options_.activation, compute_output_shape(inputs[0]))) return nullptr;
  return std::make_shared<PreparedDense>(kernel_->value(), bias_, options_.activation);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
