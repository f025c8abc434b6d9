#include "accuracy.hpp"

#include <algorithm>

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {
namespace {

void check_same(std::string_view metric, const Tensor& y_true, const Tensor& y_pred) {
  if (y_true.shape() == y_pred.shape()) return;
  throw ShapeError(concat("Metric '", metric, "': y_true and y_pred must have the same shape.",
                          " Received: y_true.shape=", shape_of(y_true),
                          ", y_pred.shape=", shape_of(y_pred)));
}

/// `match(t, row)` for each row of y_pred and its label, which y_true has without the class axis.
template <class Match>
Tensor for_labels(std::string_view metric, const Tensor& y_true, const Tensor& y_pred,
                  const Match& match) {
  if (y_pred.dimension() == 0)
    throw ShapeError(concat("Metric '", metric, "': y_pred has no class axis."));
  Shape rows = shape_of(y_pred), with_axis = rows;
  rows.pop_back();
  with_axis.back() = 1;
  if (shape_of(y_true) != rows && shape_of(y_true) != with_axis) {
    throw ShapeError(concat("Metric '", metric, "': y_true must have y_pred's shape without its",
                            " last axis. Received: y_true.shape=", shape_of(y_true),
                            ", y_pred.shape=", shape_of(y_pred)));
  }
  Tensor result = empty(rows);
  const std::size_t length = y_pred.shape(y_pred.dimension() - 1);
  for (std::size_t i = 0; i < result.size(); ++i)
    result.data()[i] = match(y_true.data()[i], y_pred.data() + i * length, length);
  return result;
}

std::size_t largest(const real* row, std::size_t length) {
  return static_cast<std::size_t>(std::max_element(row, row + length) - row);
}

/// For each row the number of its largest element.
Tensor labels_of(const Tensor& one_hot) {
  Shape rows = shape_of(one_hot);
  const auto length = static_cast<std::size_t>(rows.back());
  rows.pop_back();
  Tensor labels = empty(rows);
  for (std::size_t i = 0; i < labels.size(); ++i)
    labels.data()[i] = static_cast<real>(largest(one_hot.data() + i * length, length));
  return labels;
}

bool is_largest(real label, const real* row, std::size_t length) {
  return label == static_cast<real>(largest(row, length));
}

auto among_largest(Dim k) {
  return [k](real label, const real* row, std::size_t length) {
    if (!(label >= 0 && label < static_cast<real>(length))) return false;
    const real score = row[static_cast<std::size_t>(label)];
    return std::count_if(row, row + length, [=](real other) { return other > score; }) < k;
  };
}

}  // namespace

Tensor Accuracy::values(const Tensor& y_true, const Tensor& y_pred) const {
  Tensor t = y_true, p = y_pred;
  match_ranks(t, p);
  check_same(name(), t, p);
  for (std::size_t i = 0; i < t.size(); ++i) p.data()[i] = t.data()[i] == p.data()[i];
  return p;
}

void BinaryAccuracyOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("threshold", threshold);
}

BinaryAccuracy::BinaryAccuracy(BinaryAccuracyOptions options)
    : WithMetricOptions(std::move(options)) {
  if (options_.threshold > 0 && options_.threshold < 1) return;
  throw ValueError(concat("Invalid value for argument `threshold`. Expected a value in interval",
                          " (0, 1). Received: threshold=", options_.threshold));
}

Tensor BinaryAccuracy::values(const Tensor& y_true, const Tensor& y_pred) const {
  Tensor t = y_true, p = y_pred;
  match_ranks(t, p);
  check_same(name(), t, p);
  const auto threshold = static_cast<real>(options_.threshold);
  for (std::size_t i = 0; i < t.size(); ++i)
    p.data()[i] = t.data()[i] == static_cast<real>(p.data()[i] > threshold);
  return p;
}

Tensor CategoricalAccuracy::values(const Tensor& y_true, const Tensor& y_pred) const {
  check_same(name(), y_true, y_pred);
  return for_labels(name(), labels_of(y_true), y_pred, is_largest);
}

Tensor SparseCategoricalAccuracy::values(const Tensor& y_true, const Tensor& y_pred) const {
  return for_labels(name(), y_true, y_pred, is_largest);
}

void TopKOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("k", k);
}

Tensor TopKCategoricalAccuracy::values(const Tensor& y_true, const Tensor& y_pred) const {
  check_same(name(), y_true, y_pred);
  return for_labels(name(), labels_of(y_true), y_pred, among_largest(options_.k));
}

void SparseTopKOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("k", k);
  // Keras writes it only where it is set.
  if (fields.reading() || from_sorted_ids) fields("from_sorted_ids", from_sorted_ids);
}

Tensor SparseTopKCategoricalAccuracy::values(const Tensor& y_true, const Tensor& y_pred) const {
  if (!options_.from_sorted_ids)
    return for_labels(name(), y_true, y_pred, among_largest(options_.k));
  return for_labels(name(), y_true, y_pred, [&](real label, const real* row, std::size_t length) {
    const real* end = row + std::min(length, static_cast<std::size_t>(options_.k));
    return std::find(row, end, label) != end;
  });
}

}  // namespace keratin::inline KERATIN_VARIANT::metrics
