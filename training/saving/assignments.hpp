#pragma once

#include <string>
#include <vector>

#include "../../framework/layer.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// The own weights of `layer` in the order of files: those to train first.
std::vector<Parameter*> stored_order(const Layer& layer);

/// The type in which a weight of `layer` is stored: that of its dtype policy's variables.
std::string stored_dtype(const Layer& layer, const Parameter& parameter);

/// A shape as Python prints it.
std::string shape_text(const Shape& shape);

/// New values for weights. They are assigned together, when all are known to fit: a file that does
/// not fit leaves the model as it was.
class Assignments {
 public:
  /// With `skip_mismatch`, what does not fit is left out and becomes a warning.
  explicit Assignments(std::string source, bool skip_mismatch = false)
      : source_(std::move(source)), skip_mismatch_(skip_mismatch) {}

  void add(Parameter& parameter, Tensor value) {
    pending_.push_back({&parameter, std::move(value)});
  }
  /// Notes that something of `layer` does not fit.
  void fail(const Layer& layer, const std::string& reason);
  /// Assigns. Throws ValueError, in Keras's words, where something did not fit.
  void finish();

  std::size_t count() const { return pending_.size(); }
  const std::vector<std::string>& warnings() const { return failures_; }

 private:
  struct Pending {
    Parameter* parameter;
    Tensor value;
  };
  std::string source_;
  bool skip_mismatch_;
  std::vector<Pending> pending_;
  std::vector<std::string> failures_;
};

}  // namespace keratin::inline KERATIN_VARIANT::saving
