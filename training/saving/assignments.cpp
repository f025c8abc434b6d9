#include "assignments.hpp"

#include "../../framework/base/error.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

std::vector<Parameter*> stored_order(const Layer& layer) {
  std::vector<Parameter*> ordered;
  for (const bool trainable : {true, false}) {
    for (Parameter& parameter : layer.own_weights()) {
      if (parameter.is_trainable_kind() == trainable) ordered.push_back(&parameter);
    }
  }
  return ordered;
}

std::string stored_dtype(const Layer& layer, const Parameter& parameter) {
  const std::string& policy = layer.dtype();
  const bool is_plain = policy == "float64" || policy == "float16" || policy == "bfloat16";
  return parameter.dtype() == "float32" && is_plain ? policy : parameter.dtype();
}

std::string shape_text(const Shape& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + (shape[i] == unknown ? "None" : std::to_string(shape[i]));
  return text + (shape.size() == 1 ? ",)" : ")");
}

void Assignments::fail(const Layer& layer, const std::string& reason) {
  failures_.push_back(concat(layer.label(), ": ", reason));
}

void Assignments::finish() {
  if (!failures_.empty() && !skip_mismatch_) {
    throw ValueError(
        concat(source_, ": A total of ", failures_.size(),
               " objects could not be loaded. Example error message: ", failures_.front()));
  }
  for (Pending& pending : pending_) pending.parameter->assign(std::move(pending.value));
  pending_.clear();
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
