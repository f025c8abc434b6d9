#include "weight_budget.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

thread_local WeightBudget* innermost = nullptr;

}  // namespace

WeightBudget::WeightBudget(std::uint64_t elements) : left_(elements), outer_(innermost) {
  innermost = this;
}

WeightBudget::~WeightBudget() { innermost = outer_; }

bool WeightBudget::take(const Shape& shape) {
  if (!innermost) return true;
  std::uint64_t elements = 1;
  for (const Dim dim : shape) {
    const auto size = static_cast<std::uint64_t>(dim);
    if (size != 0 && elements > innermost->left_ / size) return false;
    elements *= size;
  }
  innermost->left_ -= elements;
  return true;
}

}  // namespace keratin::inline KERATIN_VARIANT
