#include "iou.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "../../framework/axes_last.hpp"
#include "../../framework/fields_impl.hpp"
#include "weights.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {
namespace {

bool is_integer(const std::string& dtype) {
  return dtype.starts_with("int") || dtype.starts_with("uint");
}

std::vector<Dim> all_of(Dim num_classes) {
  std::vector<Dim> ids(static_cast<std::size_t>(std::max<Dim>(num_classes, 0)));
  std::iota(ids.begin(), ids.end(), Dim{0});
  return ids;
}

}  // namespace

void IntersectionOverUnion::prepare(Settings settings) {
  settings_ = std::move(settings);
  const Dim classes = settings_.num_classes;
  if (classes < 1) {
    throw ValueError(
        concat("`num_classes` must be a positive integer. Received: num_classes=", classes));
  }
  for (const Dim id : settings_.target_class_ids) {
    if (id < 0 || id >= classes) {
      throw ValueError(
          concat("Target class id ", id, " is out of range, which is [0, ", classes, ")."));
    }
  }
  BasicTensor<double> zero = empty_tensor<double>({classes, classes});
  zero.fill(0);
  variables_ = {{"total_confusion_matrix", std::move(zero)}};
}

std::vector<Dim> IntersectionOverUnion::classes_of(const Tensor& tensor, bool sparse) const {
  std::vector<Dim> classes;
  if (sparse) {
    for (const real value : tensor) classes.push_back(static_cast<Dim>(value));
    return classes;
  }
  const AxesLast axes(shape_of(tensor), {settings_.axis}, concat("Metric '", name(), "'"));
  Tensor storage;
  const real* const scores = axes.moved(tensor, storage).data();
  for (std::size_t i = 0; i < axes.rows(); ++i) {
    const real* const row = scores + i * axes.count();
    classes.push_back(std::max_element(row, row + axes.count()) - row);
  }
  return classes;
}

void IntersectionOverUnion::update_state(const Tensor& y_true, const Tensor& y_pred,
                                         const Tensor* sample_weight) {
  const std::vector<Dim> truth = classes_of(y_true, settings_.sparse_y_true);
  std::vector<Dim> predicted;
  if (settings_.threshold) {
    for (const real value : y_pred)
      predicted.push_back(value >= static_cast<real>(*settings_.threshold) ? 1 : 0);
  } else {
    predicted = classes_of(y_pred, settings_.sparse_y_pred);
  }
  if (truth.size() != predicted.size()) {
    throw ShapeError(concat("Metric '", name(), "': y_true and y_pred must have as many places. ",
                            "Received: y_true.shape=", shape_of(y_true),
                            ", y_pred.shape=", shape_of(y_pred)));
  }
  if (sample_weight && sample_weight->size() != truth.size() && sample_weight->size() != 1)
    refuse_weight(*sample_weight, {static_cast<Dim>(truth.size())});
  const Dim classes = settings_.num_classes;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] == settings_.ignore_class) continue;
    for (const Dim id : {truth[i], predicted[i]}) {
      if (id < 0 || id >= classes) {
        throw ValueError(concat("Metric '", name(), "': class ", id,
                                " is out of range, which is [0, ", classes, ")."));
      }
    }
    double weight = 1;
    if (sample_weight) weight = double{sample_weight->data()[sample_weight->size() == 1 ? 0 : i]};
    if (is_integer(settings_.dtype)) weight = std::trunc(weight);
    variables_[0].value.data()[truth[i] * classes + predicted[i]] += weight;
  }
}

template <class T>
double IntersectionOverUnion::mean_of_classes() const {
  constexpr T epsilon = T(1e-7);
  const Dim classes = settings_.num_classes;
  const double* const matrix = variables_[0].value.data();
  T sum = 0, valid = 0;
  for (const Dim id : settings_.target_class_ids) {
    const double agreed = matrix[id * classes + id];
    double either = -agreed;
    for (Dim k = 0; k < classes; ++k) either += matrix[id * classes + k] + matrix[k * classes + id];
    if (either > 1e-9) valid += 1;
    sum += static_cast<T>(agreed) / (static_cast<T>(either) + epsilon);
  }
  return double{sum / (valid + epsilon)};
}

BasicTensor<double> IntersectionOverUnion::results() const {
  BasicTensor<double> result = empty_tensor<double>({});
  // Keras divides integers as float32.
  result.data()[0] =
      settings_.dtype == "float64" ? mean_of_classes<double>() : mean_of_classes<float>();
  return result;
}

void IoUOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("num_classes", num_classes)("target_class_ids", target_class_ids)(
      "ignore_class", ignore_class)("sparse_y_true", sparse_y_true)("sparse_y_pred", sparse_y_pred)(
      "axis", axis);
}
IoU::IoU(IoUOptions options) : WithMetricOptions(std::move(options)) {
  prepare({.num_classes = options_.num_classes,
           .target_class_ids = options_.target_class_ids,
           .dtype = options_.dtype,
           .ignore_class = options_.ignore_class,
           .sparse_y_true = options_.sparse_y_true,
           .sparse_y_pred = options_.sparse_y_pred,
           .axis = options_.axis});
}

void MeanIoUOptions::describe(Fields& fields) {
  fields("num_classes", num_classes);
  describe_metric(fields, name, dtype);
  fields("ignore_class", ignore_class)("sparse_y_true", sparse_y_true)("sparse_y_pred",
                                                                       sparse_y_pred)("axis", axis);
}
MeanIoU::MeanIoU(MeanIoUOptions options) : WithMetricOptions(std::move(options)) {
  prepare({.num_classes = options_.num_classes,
           .target_class_ids = all_of(options_.num_classes),
           .dtype = options_.dtype,
           .ignore_class = options_.ignore_class,
           .sparse_y_true = options_.sparse_y_true,
           .sparse_y_pred = options_.sparse_y_pred,
           .axis = options_.axis});
}

void BinaryIoUOptions::describe(Fields& fields) {
  fields("target_class_ids", target_class_ids)("threshold", threshold);
  describe_metric(fields, name, dtype);
}
BinaryIoU::BinaryIoU(BinaryIoUOptions options) : WithMetricOptions(std::move(options)) {
  prepare({.num_classes = 2,
           .target_class_ids = options_.target_class_ids,
           .dtype = options_.dtype,
           .threshold = options_.threshold});
}

void OneHotIoUOptions::describe(Fields& fields) {
  fields("num_classes", num_classes)("target_class_ids", target_class_ids);
  describe_metric(fields, name, dtype);
  fields("ignore_class", ignore_class)("sparse_y_pred", sparse_y_pred)("axis", axis);
}
OneHotIoU::OneHotIoU(OneHotIoUOptions options) : WithMetricOptions(std::move(options)) {
  prepare({.num_classes = options_.num_classes,
           .target_class_ids = options_.target_class_ids,
           .dtype = options_.dtype,
           .ignore_class = options_.ignore_class,
           .sparse_y_true = false,
           .sparse_y_pred = options_.sparse_y_pred,
           .axis = options_.axis});
}

void OneHotMeanIoUOptions::describe(Fields& fields) {
  fields("num_classes", num_classes);
  describe_metric(fields, name, dtype);
  fields("ignore_class", ignore_class)("sparse_y_pred", sparse_y_pred)("axis", axis);
}
OneHotMeanIoU::OneHotMeanIoU(OneHotMeanIoUOptions options) : WithMetricOptions(std::move(options)) {
  prepare({.num_classes = options_.num_classes,
           .target_class_ids = all_of(options_.num_classes),
           .dtype = options_.dtype,
           .ignore_class = options_.ignore_class,
           .sparse_y_true = false,
           .sparse_y_pred = options_.sparse_y_pred,
           .axis = options_.axis});
}

}  // namespace keratin::inline KERATIN_VARIANT::metrics
