#include "losses.hpp"

#include <cmath>

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {

BasicTensor<double> RootMeanSquaredError::results() const {
  BasicTensor<double> mean = MeanMetric::results();
  mean.data()[0] = std::sqrt(mean.data()[0]);
  return mean;
}

Tensor RootMeanSquaredError::values(const Tensor& y_true, const Tensor& y_pred) const {
  return losses::MeanSquaredError().values(y_true, y_pred);
}

void CosineSimilarityOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  // Keras does not write it, which loses any other value; that one we write.
  if (fields.reading() || axis != -1) fields("axis", axis);
}

Tensor CosineSimilarity::values(const Tensor& y_true, const Tensor& y_pred) const {
  Tensor values = losses::CosineSimilarity({.axis = options_.axis}).values(y_true, y_pred);
  for (real& value : values) value = -value;
  return values;
}

void BinaryCrossentropyOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("from_logits", from_logits)("label_smoothing", label_smoothing);
}

Tensor BinaryCrossentropy::values(const Tensor& y_true, const Tensor& y_pred) const {
  return losses::BinaryCrossentropy(
             {.from_logits = options_.from_logits, .label_smoothing = options_.label_smoothing})
      .values(y_true, y_pred);
}

void CategoricalCrossentropyOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("from_logits", from_logits)("label_smoothing", label_smoothing)("axis", axis);
}

Tensor CategoricalCrossentropy::values(const Tensor& y_true, const Tensor& y_pred) const {
  return losses::CategoricalCrossentropy({.from_logits = options_.from_logits,
                                          .label_smoothing = options_.label_smoothing,
                                          .axis = options_.axis})
      .values(y_true, y_pred);
}

void SparseCategoricalCrossentropyOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("from_logits", from_logits)("ignore_class", ignore_class)("axis", axis);
}

Tensor SparseCategoricalCrossentropy::values(const Tensor& y_true, const Tensor& y_pred) const {
  return losses::SparseCategoricalCrossentropy({.from_logits = options_.from_logits,
                                                .ignore_class = options_.ignore_class,
                                                .axis = options_.axis})
      .values(y_true, y_pred);
}

}  // namespace keratin::inline KERATIN_VARIANT::metrics
