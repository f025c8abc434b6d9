#include "positives.hpp"

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {

void CountOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("thresholds", thresholds);
}

void PrecisionOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("thresholds", thresholds)("top_k", top_k)("class_id", class_id);
}

}  // namespace keratin::inline KERATIN_VARIANT::metrics
