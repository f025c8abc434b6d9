#include "einsum_dense.hpp"

#include <algorithm>
#include <regex>

#include "../../framework/axes_last.hpp"
#include "../../framework/broadcast.hpp"
#include "../../framework/fields_impl.hpp"
#include "../../framework/kernels/gemm.hpp"
#include "../../framework/shape_json.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

using kernels::gemm;
using kernels::Transpose;

namespace {

bool has(const std::string& labels, char label) { return labels.find(label) != std::string::npos; }

bool has_twice(std::string labels) {
  std::ranges::sort(labels);
  return std::ranges::adjacent_find(labels) != labels.end();
}

/// The places in `from` of the labels `to`: the axes to permute by.
std::vector<std::size_t> places(const std::string& from, const std::string& to) {
  std::vector<std::size_t> axes;
  for (const char label : to) axes.push_back(from.find(label));
  return axes;
}

/// The product of the sizes that `labels` have in a tensor whose axes are `axes`.
std::size_t size_of(const std::string& labels, const std::string& axes, const Shape& shape) {
  std::size_t size = 1;
  for (const char label : labels) size *= static_cast<std::size_t>(shape[axes.find(label)]);
  return size;
}

}  // namespace

struct EinsumDenseLayer::Plan {
  Terms terms;
  /// The labels of the operands' axes in the order of the products.
  std::string input, kernel, output;
  std::size_t shared, rows, inner, columns;
};

void EinsumDenseOptions::describe(Fields& fields) {
  ShapeJson shape{output_shape};
  fields("output_shape", shape)("equation", equation)("activation", activation)(
      "bias_axes", bias_axes)("kernel_initializer", kernel_initializer)(
      "bias_initializer", bias_initializer)("kernel_regularizer", kernel_regularizer)(
      "bias_regularizer", bias_regularizer)
      .activity_regularizer()("kernel_constraint", kernel_constraint)("bias_constraint",
                                                                      bias_constraint)
      .constant("quantization_config", nullptr);
  output_shape = shape.value;
}

EinsumDenseLayer::EinsumDenseLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  static const std::regex form(
      R"(([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)|(0[a-zA-Z]+),([a-zA-Z]+)->(0[a-zA-Z]+)|)"
      R"(([a-zA-Z]+0),([a-zA-Z]+)->([a-zA-Z]+0))");
  std::string equation = std::regex_replace(options_.equation, std::regex(R"(\.\.\.)"), "0");
  std::smatch match;
  if (!std::regex_match(equation, match, form)) {
    refuse("Invalid einsum equation '", options_.equation, "'. Equations must be in the form ",
           "[X],[Y]->[Z], ...[X],[Y]->...[Z], or [X]...,[Y]->[Z]....");
  }
  const auto term = [&](std::size_t i) {
    return match[i].str() + match[i + 3].str() + match[i + 6].str();
  };
  terms_ = {term(1), term(2), term(3)};
  check_labels(terms_);
}

void EinsumDenseLayer::check_labels(const Terms& terms) const {
  for (const std::string& labels : {terms.input, terms.kernel, terms.output}) {
    if (has_twice(labels)) {
      refuse("A label may stand only once in each term of the equation. Received: equation=",
             options_.equation);
    }
  }
  for (const char label : terms.output) {
    if (!has(terms.input, label) && !has(terms.kernel, label)) {
      refuse("Dimension '", label, "' was specified in the output '", terms.output,
             "' but has no corresponding dim in the input spec '", terms.input,
             "' or weight spec '", terms.output, "'");
    }
  }
  for (const char label : terms.kernel) {
    if (!has(terms.input, label) && !has(terms.output, label)) {
      refuse("Weight dimension '", label, "' did not have a match in either the input spec '",
             terms.input, "' or the output spec '", terms.output,
             "'. For this layer, the weight must be fully specified.");
    }
  }
  for (const char label : terms.input) {
    if (!has(terms.kernel, label) && !has(terms.output, label)) {
      refuse("Dimension '", label, "' of the input must be in the weight or in the output. ",
             "Received: equation=", options_.equation);
    }
  }
  for (const char label : options_.bias_axes.value_or("")) {
    if (!has(terms.output, label)) {
      refuse("Bias dimension '", label, "' was requested, but is not part of the output spec '",
             terms.output, "'");
    }
  }
}

EinsumDenseLayer::Terms EinsumDenseLayer::terms_for(std::size_t rank) const {
  Terms terms = terms_;
  const auto place = terms.input.find('0');
  const std::size_t named = terms.input.size() - (place == std::string::npos ? 0 : 1);
  if (rank < named || (place == std::string::npos && rank != named)) {
    throw ShapeError(concat(label(), ": the input must have ",
                            place == std::string::npos ? "" : "at least ", named,
                            " axes for equation ", options_.equation, ". Received: ", rank));
  }
  if (place == std::string::npos) return terms;
  // Labels that no equation can have.
  std::string elided;
  for (std::size_t i = named; i < rank; ++i)
    elided.push_back(static_cast<char>(1 + static_cast<int>(i - named)));
  terms.input.replace(place, 1, elided);
  terms.output.replace(terms.output.find('0'), 1, elided);
  return terms;
}

Shape EinsumDenseLayer::compute_output_shape(const Shape& input) const {
  const Terms terms = terms_for(input.size());
  // The sizes that output_shape names belong to the labels behind the batch axis.
  std::string named = terms_.output;
  std::erase(named, '0');
  const bool left = terms_.output[0] == '0';
  if (!left) named.erase(0, 1);
  if (named.size() != options_.output_shape.size()) {
    throw ShapeError(concat(label(), ": `output_shape` must have ", named.size(),
                            " sizes for equation ", options_.equation,
                            ". Received: output_shape=", tuple_text(options_.output_shape)));
  }
  Shape output;
  for (const char name : terms.output) {
    const auto at_input = terms.input.find(name), at_output = named.find(name);
    Dim size = at_output == std::string::npos ? unknown : options_.output_shape[at_output];
    if (at_input != std::string::npos) {
      if (size != unknown && input[at_input] != unknown && size != input[at_input]) {
        throw ShapeError(concat(label(), ": Input shape and output shape do not match at shared ",
                                "dimension '", name, "'. Input shape is ", input[at_input],
                                ", and output shape is ", size, "."));
      }
      if (input[at_input] != unknown) size = input[at_input];
    }
    output.push_back(size);
  }
  return output;
}

Shape EinsumDenseLayer::bias_shape(const Terms& terms, const Shape& output) const {
  const std::string& axes = *options_.bias_axes;
  const std::size_t first = terms.output.find_first_of(axes);
  Shape shape;
  for (std::size_t i = first; i < terms.output.size(); ++i)
    shape.push_back(has(axes, terms.output[i]) ? output[i] : 1);
  return shape;
}

void EinsumDenseLayer::build_weights(const Shape& input) {
  const Terms terms = terms_for(input.size());
  const Shape output = compute_output_shape(input);
  Shape kernel_shape;
  InputSpec spec{.ndim = input.size()};
  for (const char name : terms.kernel) {
    const auto at_input = terms.input.find(name);
    const Dim size =
        at_input != std::string::npos ? input[at_input] : output[terms.output.find(name)];
    kernel_shape.push_back(size);
    if (at_input != std::string::npos) spec.axes.emplace_back(static_cast<int>(at_input), size);
  }
  kernel_ = &add_weight({.name = "kernel",
                         .shape = kernel_shape,
                         .initializer = options_.kernel_initializer,
                         .regularizer = options_.kernel_regularizer,
                         .constraint = options_.kernel_constraint});
  if (options_.bias_axes && !options_.bias_axes->empty()) {
    bias_ = &add_weight({.name = "bias",
                         .shape = bias_shape(terms, output),
                         .initializer = options_.bias_initializer,
                         .regularizer = options_.bias_regularizer,
                         .constraint = options_.bias_constraint});
  }
  set_input_spec(std::move(spec));
}

EinsumDenseLayer::Plan EinsumDenseLayer::plan(const Tensor& input) const {
  const Terms terms = terms_for(input.dimension());
  std::string shared, rows, inner, columns;
  for (const char label : terms.input) {
    const bool in_kernel = has(terms.kernel, label), in_output = has(terms.output, label);
    (in_kernel && in_output ? shared : in_kernel ? inner : rows).push_back(label);
  }
  for (const char label : terms.kernel) {
    if (!has(terms.input, label)) columns.push_back(label);
  }
  const Shape x = shape_of(input), w = shape_of(kernel_->value());
  return {terms,
          shared + rows + inner,
          shared + inner + columns,
          shared + rows + columns,
          size_of(shared, terms.input, x),
          size_of(rows, terms.input, x),
          size_of(inner, terms.input, x),
          size_of(columns, terms.kernel, w)};
}

Tensor EinsumDenseLayer::forward(const Tensor& input, Context& context) const {
  const Plan p = plan(input);
  const Tensor x = permuted(input, places(p.terms.input, p.input));
  const Tensor w = permuted(kernel_->value(), places(p.terms.kernel, p.kernel));
  const Shape shape = compute_output_shape(shape_of(input));
  Shape product_shape;
  for (const std::size_t axis : places(p.terms.output, p.output))
    product_shape.push_back(shape[axis]);
  Tensor product = empty(product_shape);
  for (std::size_t s = 0; s < p.shared; ++s) {
    gemm<real>(Transpose::no, Transpose::no, p.rows, p.columns, p.inner,
               x.data() + s * p.rows * p.inner, p.inner, w.data() + s * p.inner * p.columns,
               p.columns, 0, product.data() + s * p.rows * p.columns, p.columns);
  }
  Tensor output = permuted(product, places(p.output, p.terms.output));
  if (bias_) {
    const Tensor bias = broadcast_to(bias_->value(), shape);
    for (std::size_t i = 0; i < output.size(); ++i) output.data()[i] += bias.data()[i];
  }
  return activate(options_.activation, std::move(output), context);
}

Tensor EinsumDenseLayer::backward(Tensor gradient, Context& context) const {
  gradient = activation_gradient(options_.activation, std::move(gradient), context);
  if (bias_ && context.wants(*bias_))
    context.add_gradient(*bias_, sum_to(gradient, shape_of(bias_->value())));
  const Tensor& input = context.input();
  const Plan p = plan(input);
  const Tensor dy = permuted(gradient, places(p.terms.output, p.output));
  if (context.wants(*kernel_)) {
    const Tensor x = permuted(input, places(p.terms.input, p.input));
    Tensor dw = permuted(kernel_->value(), places(p.terms.kernel, p.kernel));
    for (std::size_t s = 0; s < p.shared; ++s) {
      gemm<real>(Transpose::yes, Transpose::no, p.inner, p.columns, p.rows,
                 x.data() + s * p.rows * p.inner, p.inner, dy.data() + s * p.rows * p.columns,
                 p.columns, 0, dw.data() + s * p.inner * p.columns, p.columns);
    }
    context.add_gradient(*kernel_, permuted(dw, places(p.kernel, p.terms.kernel)));
  }
  if (!context.wants_input_gradient()) return {};
  const Tensor w = permuted(kernel_->value(), places(p.terms.kernel, p.kernel));
  Tensor dx = permuted(input, places(p.terms.input, p.input));
  for (std::size_t s = 0; s < p.shared; ++s) {
    gemm<real>(Transpose::no, Transpose::yes, p.rows, p.inner, p.columns,
               dy.data() + s * p.rows * p.columns, p.columns, w.data() + s * p.inner * p.columns,
               p.columns, 0, dx.data() + s * p.rows * p.inner, p.inner);
  }
  return permuted(dx, places(p.input, p.terms.input));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
