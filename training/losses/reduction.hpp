#pragma once

#include <string>

#include "../../framework/base/json.hpp"
#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {

/// How the losses of a batch become one number. Throws ValueError for other names.
class Reduction {
 public:
  enum class Kind { sum_over_batch_size, sum, mean, mean_with_sample_weight, none };
  Reduction(Kind kind) : kind_(kind) {}
  /// "sum_over_batch_size", "mean" (the same), "sum", "mean_with_sample_weight" (the weighted sum
  /// divided by the sum of the weights) or "none"; Keras 2's "auto" is "sum_over_batch_size".
  Reduction(const char* name) : Reduction(std::string(name)) {}
  Reduction(const std::string& name);

  Kind kind() const { return kind_; }
  std::string name() const;

  friend void to_json(Json& json, const Reduction& reduction);
  friend void from_json(const Json& json, Reduction& reduction);

 private:
  Kind kind_;
};

}  // namespace keratin::inline KERATIN_VARIANT::losses
