#include "loss.hpp"

#include "../../framework/base/reduce.hpp"
#include "../../framework/fields_impl.hpp"
#include "../../framework/spec_impl.hpp"

namespace keratin::inline KERATIN_VARIANT {

template class Spec<Loss>;

namespace {

using losses::Reduction;

/// Drops or adds a last axis of 1 where the ranks differ by one, as Keras does.
void match_ranks(Tensor& a, Tensor& b) {
  if (a.dimension() < b.dimension()) return match_ranks(b, a);
  if (a.dimension() != b.dimension() + 1 || a.shape(a.dimension() - 1) != 1) return;
  if (b.dimension() == 1) {
    b.reshape({b.size(), 1});
  } else {
    Shape shape = shape_of(a);
    shape.pop_back();
    a = reshaped(std::move(a), shape);
  }
}

/// `weight` for each value: axes of 1 are repeated. Values without axes count once per weight.
struct Weights {
  Tensor of_value;
  double sum = 0;    ///< of the weights as given
  double count = 0;  ///< of the weighted values
};

[[noreturn]] void refuse_weight(const char* what, const Tensor& weight, const Shape& shape) {
  throw ShapeError(concat("The ", what, " of shape ", shape_of(weight), " does not fit the loss's",
                          " values of shape ", shape,
                          ": each axis must have the same size, or 1 in the ", what, "."));
}

Tensor repeated(const char* what, const Tensor& weight, const Shape& shape) {
  Shape given = shape_of(weight);
  if (given.size() == shape.size() + 1 && given.back() == 1) given.pop_back();
  if (given.empty()) given = Shape(shape.size(), 1);
  if (given.size() != shape.size()) refuse_weight(what, weight, shape);
  Tensor result = empty(shape);
  std::vector<std::size_t> steps(shape.size()), index(shape.size(), 0);
  std::size_t step = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (given[i] != shape[i] && given[i] != 1) refuse_weight(what, weight, shape);
    steps[i] = given[i] == 1 ? 0 : step;
    step *= static_cast<std::size_t>(given[i]);
  }
  std::size_t source = 0;
  for (real& value : result) {
    value = weight.data()[source];
    for (std::size_t i = shape.size(); i-- > 0;) {
      source += steps[i];
      if (++index[i] < static_cast<std::size_t>(shape[i])) break;
      source -= steps[i] * static_cast<std::size_t>(shape[i]);
      index[i] = 0;
    }
  }
  return result;
}

double sum_of(const Tensor& tensor) {
  double sum = 0;
  for (const real value : tensor) sum += double{value};
  return sum;
}

/// As Keras: where a mean is taken, masked values give their share to the others.
Tensor scaled_mask(const Tensor& mask, Reduction reduction) {
  Tensor result = mask;
  if (reduction.kind() == Reduction::Kind::mean ||
      reduction.kind() == Reduction::Kind::sum_over_batch_size) {
    const double valid = sum_of(mask);
    const double share = valid == 0 ? 0 : static_cast<double>(mask.size()) / valid;
    for (real& value : result) value = static_cast<real>(share * double{value});
  }
  return result;
}

Weights weights_of(const Loss::Options& options, const std::optional<Tensor>& own_mask,
                   Reduction reduction, const Shape& shape) {
  Weights weights;
  weights.of_value = full(shape, 1);
  weights.count = static_cast<double>(weights.of_value.size());
  weights.sum = weights.count;
  if (shape.empty() && options.sample_weight) {
    weights.sum = sum_of(*options.sample_weight);
    weights.count = static_cast<double>(options.sample_weight->size());
    weights.of_value.fill(static_cast<real>(weights.sum));
  } else if (options.sample_weight) {
    weights.of_value = repeated("sample_weight", *options.sample_weight, shape);
    weights.sum = sum_of(*options.sample_weight);
  }
  for (const Tensor* given : {options.mask, own_mask ? &*own_mask : nullptr}) {
    if (!given || shape.empty()) continue;
    const Tensor mask = repeated("mask", scaled_mask(*given, reduction), shape);
    for (std::size_t i = 0; i < mask.size(); ++i) weights.of_value.data()[i] *= mask.data()[i];
    weights.sum = sum_of(weights.of_value);
  }
  return weights;
}

}  // namespace

Shape Loss::values_shape(const Shape& shape) const {
  return shape.empty() ? shape : Shape(shape.begin(), shape.end() - 1);
}

std::optional<Tensor> Loss::own_mask(const Tensor&) const { return {}; }

void Loss::check_shapes(const Tensor& y_true, const Tensor& y_pred) const {
  if (y_true.shape() == y_pred.shape()) return;
  throw ShapeError(concat("Loss '", name(), "': y_true and y_pred must have the same shape.",
                          " Received: y_true.shape=", shape_of(y_true),
                          ", y_pred.shape=", shape_of(y_pred)));
}

Tensor Loss::values(const Tensor& y_true, const Tensor& y_pred) const {
  Tensor t = y_true, p = y_pred;
  match_ranks(t, p);
  check_shapes(t, p);
  Tensor values = empty(values_shape(shape_of(p)));
  compute(t, p, values, values, nullptr);
  return values;
}

LossResult Loss::evaluate(const Tensor& y_true, const Tensor& y_pred,
                          const Options& options) const {
  Tensor t = y_true, p = y_pred;
  match_ranks(t, p);
  check_shapes(t, p);
  const Shape shape = values_shape(shape_of(p));
  Weights weights = weights_of(options, own_mask(t), reduction(), shape);
  double divisor = 1;
  switch (reduction().kind()) {
    case Reduction::Kind::sum_over_batch_size:
    case Reduction::Kind::mean:
      divisor = weights.count;
      break;
    case Reduction::Kind::mean_with_sample_weight:
      divisor = weights.sum;
      break;
    case Reduction::Kind::sum:
    case Reduction::Kind::none:
      break;
  }
  // An empty batch, or one that weighs nothing, has loss 0.
  const double scale = divisor == 0 ? 0 : 1 / divisor;
  Tensor& coefficients = weights.of_value;
  for (real& value : coefficients) value = static_cast<real>(scale * double{value});
  Tensor values = empty(shape);
  LossResult result;
  if (options.gradient) result.gradient = empty(shape_of(p));
  compute(t, p, values, coefficients, options.gradient ? &result.gradient : nullptr);
  result.value = chunked_sum(values.size(), [&](std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) {
      // What weighs nothing adds nothing, even if it is infinite.
      if (coefficients.data()[i] != 0)
        sum += double{values.data()[i]} * double{coefficients.data()[i]};
    }
    return sum;
  });
  if (options.gradient) result.gradient = reshaped(std::move(result.gradient), shape_of(y_pred));
  return result;
}

namespace losses {
namespace {

/// [outer, length, inner] for an axis of a shape.
struct AxisView {
  std::size_t outer = 1, length = 1, inner = 1;
};

Dim axis_from_start(Dim axis, std::size_t rank, const std::string& owner) {
  const Dim from_start = axis < 0 ? axis + static_cast<Dim>(rank) : axis;
  if (from_start < 0 || from_start >= static_cast<Dim>(rank)) {
    throw ShapeError(concat("Loss '", owner, "': axis ", axis,
                            " is out of bounds for array of dimension ", rank));
  }
  return from_start;
}

AxisView view_along(const Shape& shape, Dim axis, const std::string& owner) {
  const Dim from_start = axis_from_start(axis, shape.size(), owner);
  AxisView view;
  for (Dim i = 0; i < static_cast<Dim>(shape.size()); ++i) {
    const auto size = static_cast<std::size_t>(shape[static_cast<std::size_t>(i)]);
    (i < from_start ? view.outer : i == from_start ? view.length : view.inner) *= size;
  }
  return view;
}

/// Moves the view's axis to the end, or back from there.
Tensor moved(const Tensor& tensor, const AxisView& view, bool to_end) {
  Tensor result = empty(shape_of(tensor));
  for (std::size_t o = 0; o < view.outer; ++o) {
    for (std::size_t k = 0; k < view.length; ++k) {
      for (std::size_t i = 0; i < view.inner; ++i) {
        const std::size_t here = (o * view.length + k) * view.inner + i;
        const std::size_t there = (o * view.inner + i) * view.length + k;
        if (to_end) {
          result.data()[there] = tensor.data()[here];
        } else {
          result.data()[here] = tensor.data()[there];
        }
      }
    }
  }
  return result;
}

}  // namespace

Shape RowLoss::values_shape(const Shape& shape) const {
  if (shape.empty()) return shape;
  Shape result = shape;
  result.erase(result.begin() + axis_from_start(axis(), shape.size(), name()));
  return result;
}

void RowLoss::compute(const Tensor& y_true, const Tensor& y_pred, Tensor& values,
                      const Tensor& coefficients, Tensor* gradient) const {
  const AxisView view =
      y_pred.dimension() ? view_along(shape_of(y_pred), axis(), name()) : AxisView();
  Tensor t = prepared(y_true), moved_pred;
  const Tensor* p = &y_pred;
  if (view.inner > 1) {
    moved_pred = moved(y_pred, view, true);
    p = &moved_pred;
    // Sparse targets lack the axis: their order is right already.
    if (t.size() == y_pred.size()) t = moved(t, view, true);
  }
  const std::size_t rows = values.size(), t_length = rows ? t.size() / rows : 0;
  parallel_for(rows, 1 + 4096 / (view.length + 1), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      values.data()[i] = row(t.data() + i * t_length, p->data() + i * view.length, view.length,
                             gradient ? coefficients.data()[i] : 0,
                             gradient ? gradient->data() + i * view.length : nullptr);
    }
  });
  if (gradient && view.inner > 1) *gradient = moved(*gradient, view, false);
}

void describe_loss(Fields& fields, std::string& name, Reduction& reduction,
                   std::optional<std::string>& dtype) {
  fields("name", name)("reduction", reduction);
  // Keras reads it, but does not write it.
  if (fields.reading() || dtype) fields("dtype", dtype);
}

void LossOptions::describe(Fields& fields) { describe_loss(fields, name, reduction, dtype); }

}  // namespace losses
}  // namespace keratin::inline KERATIN_VARIANT
