#include "l1_l2.hpp"

#include <cmath>

#include "../base/reduce.hpp"
#include "../fields_impl.hpp"
#include "factor.hpp"

namespace keratin::inline KERATIN_VARIANT::regularizers {
namespace {

double penalty(const Tensor& x, double l1, double l2) {
  const real* values = x.data();
  return chunked_sum(x.size(), [&](std::size_t begin, std::size_t end) {
    double absolute = 0, squares = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const double value = values[i];
      absolute += std::abs(value);
      squares += value * value;
    }
    // A factor of 0 stays 0 for infinite weights.
    return (l1 > 0 ? l1 * absolute : 0) + (l2 > 0 ? l2 * squares : 0);
  });
}

void add_penalty_gradient(const Tensor& x, double l1, double l2, Tensor& gradient) {
  const real* values = x.data();
  real* sums = gradient.data();
  const auto slope = static_cast<real>(l1), twice = static_cast<real>(2 * l2);
  parallel_for(x.size(), 65536, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const real sign = static_cast<real>((values[i] > 0) - (values[i] < 0));
      sums[i] += slope * sign + twice * values[i];
    }
  });
}

}  // namespace

void L1Options::describe(Fields& fields) { fields("l1", l1); }
void L2Options::describe(Fields& fields) { fields("l2", l2); }
void L1L2Options::describe(Fields& fields) { fields("l1", l1)("l2", l2); }

L1::L1(L1Options options) : WithOptions(options) {
  check_factor("l1", options_.l1);
  options_.l1 = static_cast<double>(static_cast<float>(options_.l1));
}
double L1::operator()(const Tensor& x) const { return penalty(x, options_.l1, 0); }
void L1::add_gradient(const Tensor& x, double scale, Tensor& gradient) const {
  add_penalty_gradient(x, scale * options_.l1, 0, gradient);
}

L2::L2(L2Options options) : WithOptions(options) { check_factor("l2", options_.l2); }
double L2::operator()(const Tensor& x) const { return penalty(x, 0, options_.l2); }
void L2::add_gradient(const Tensor& x, double scale, Tensor& gradient) const {
  add_penalty_gradient(x, 0, scale * options_.l2, gradient);
}

L1L2::L1L2(L1L2Options options) : WithOptions(options) {
  check_factor("l1", options_.l1);
  check_factor("l2", options_.l2);
}
double L1L2::operator()(const Tensor& x) const { return penalty(x, options_.l1, options_.l2); }
void L1L2::add_gradient(const Tensor& x, double scale, Tensor& gradient) const {
  add_penalty_gradient(x, scale * options_.l1, scale * options_.l2, gradient);
}

}  // namespace keratin::inline KERATIN_VARIANT::regularizers
