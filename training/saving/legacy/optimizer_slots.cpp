#include "optimizer_slots.hpp"

#include <algorithm>

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

using Variable = optimizers::Optimizer::Variable;

bool fits(const Tensors& values, const std::vector<Variable>& wanted) {
  return std::ranges::equal(values, wanted, [](const Tensor& value, const Variable& variable) {
    return shape_of(value) == shape_of(variable.value);
  });
}

/// "dense_kernel_momentum" -> "dense_kernel"
std::string weight_of(const std::string& slot) {
  for (const char* kind : {"_accumulated_grad", "_accumulated_delta_var", "_velocity_hat"}) {
    if (slot.ends_with(kind)) return slot.substr(0, slot.size() - std::string(kind).size());
  }
  return slot.substr(0, slot.rfind('_'));
}

/// How many slots of one weight follow each other.
std::size_t slots_per_weight(const std::vector<Variable>& wanted, std::size_t first) {
  const std::size_t slots = wanted.size() - first;
  for (std::size_t kinds = 3; kinds > 1; --kinds) {
    if (slots % kinds != 0) continue;
    bool fits = true;
    for (std::size_t i = 0; i < slots; ++i) {
      fits = fits &&
             weight_of(wanted[first + i].name) == weight_of(wanted[first + i / kinds * kinds].name);
    }
    if (fits) return kinds;
  }
  return 1;
}

}  // namespace

Tensors order_optimizer_state(const std::vector<std::string>& names, Tensors values,
                              const std::vector<Variable>& wanted) {
  if (values.size() != names.size() || wanted.empty() || fits(values, wanted)) return values;
  Tensors ordered, slots;
  ordered.push_back(zeros({}));
  // A schedule is no variable.
  if (wanted.size() > 1 && wanted[1].name == "learning_rate") ordered.push_back(wanted[1].value);
  const std::size_t first = ordered.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i == 0 && values[i].dimension() == 0) {
      ordered[0] = std::move(values[i]);
    } else if (names[i].find("learning_rate") == std::string::npos) {
      slots.push_back(std::move(values[i]));
    }
  }
  const std::size_t count = wanted.size() - first, kinds = slots_per_weight(wanted, first);
  const std::size_t weights = count / kinds;
  // Keras 2 keeps moments that its settings do not use, too.
  if (count == 0) return ordered;
  const auto is_placeholder = [](const Tensor& value) { return value.size() == 1; };
  if (slots.size() == count + weights &&
      std::all_of(slots.begin() + static_cast<std::ptrdiff_t>(count), slots.end(),
                  is_placeholder)) {
    slots.resize(count);
  }
  // "iteration:0" since tf.keras 2.11, where the slots of a weight stand together; "Adam/iter:0" or
  // "iterations:0" before.
  const bool is_interleaved = names[0].find("iteration") != std::string::npos &&
                              names[0].find("iterations") == std::string::npos;
  if (slots.size() == count && !is_interleaved) {
    Tensors grouped;
    for (std::size_t weight = 0; weight < weights; ++weight) {
      for (std::size_t kind = 0; kind < kinds; ++kind)
        grouped.push_back(std::move(slots[kind * weights + weight]));
    }
    slots = std::move(grouped);
  }
  for (Tensor& slot : slots) ordered.push_back(std::move(slot));
  return ordered;
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
