#include "gradients.hpp"

#include "kernels/elementwise.hpp"

namespace keratin::inline KERATIN_VARIANT {

void Gradients::add(const Parameter& parameter, Tensor gradient) {
  const auto [entry, is_new] = by_parameter_.try_emplace(&parameter, std::move(gradient));
  if (is_new) return;
  kernels::axpy(gradient.size(), real{1}, gradient.data(), entry->second.data());
}

const Tensor* Gradients::find(const Parameter& parameter) const {
  const auto entry = by_parameter_.find(&parameter);
  return entry == by_parameter_.end() ? nullptr : &entry->second;
}

Tensor* Gradients::find(const Parameter& parameter) {
  const auto entry = by_parameter_.find(&parameter);
  return entry == by_parameter_.end() ? nullptr : &entry->second;
}

}  // namespace keratin::inline KERATIN_VARIANT
