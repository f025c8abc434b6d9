#include "metric.hpp"

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT {

void Metric::reset_state() {
  for (Variable& variable : variables_) variable.value.fill(0);
}

double Metric::result() const {
  const BasicTensor<double> all = results();
  double sum = 0;
  for (const double value : all) sum += value;
  return all.size() ? sum / static_cast<double>(all.size()) : 0;
}

std::shared_ptr<Metric> resolve_metric(const MetricSpec& spec, const Shape& y_true,
                                       const Shape& y_pred) {
  if (spec.metric()) return spec.metric();
  const std::string& name = spec.name();
  std::string class_name = name;
  const bool accuracy = name == "accuracy" || name == "acc";
  if (accuracy || name == "crossentropy" || name == "ce") {
    const Dim true_last = y_true.empty() ? 1 : y_true.back();
    const Dim pred_last = y_pred.empty() ? 1 : y_pred.back();
    const bool is_sparse = y_true.size() < y_pred.size() || true_last == 1;
    class_name = pred_last == 1 ? "Binary" : is_sparse ? "SparseCategorical" : "Categorical";
    class_name += accuracy ? "Accuracy" : "Crossentropy";
  }
  return Registry<Metric>::instance().make(class_name, Json{{"name", name}});
}

namespace metrics {

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

void describe_metric(Fields& fields, std::string& name, std::string& dtype) {
  fields("name", name)("dtype", dtype);
}

void MetricOptions::describe(Fields& fields) { describe_metric(fields, name, dtype); }

}  // namespace metrics
}  // namespace keratin::inline KERATIN_VARIANT
