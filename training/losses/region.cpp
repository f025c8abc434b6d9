#include "region.hpp"

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {
namespace {

constexpr double epsilon = 1e-7;

/// The region that each element belongs to.
std::vector<std::size_t> regions(const Shape& shape, const std::vector<bool>& reduced,
                                 std::size_t size) {
  std::vector<std::size_t> steps(shape.size(), 0), index(shape.size(), 0), result(size);
  std::size_t step = 1, region = 0;
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (reduced[i]) continue;
    steps[i] = step;
    step *= static_cast<std::size_t>(shape[i]);
  }
  for (std::size_t& entry : result) {
    entry = region;
    for (std::size_t i = shape.size(); i-- > 0;) {
      region += steps[i];
      if (++index[i] < static_cast<std::size_t>(shape[i])) break;
      region -= steps[i] * index[i];
      index[i] = 0;
    }
  }
  return result;
}

}  // namespace

std::vector<bool> RegionLoss::reduced(std::size_t rank) const {
  return axes() ? axes()->among(rank, name()) : std::vector<bool>(rank, true);
}

Shape RegionLoss::values_shape(const Shape& shape) const {
  const auto gone = reduced(shape.size());
  Shape result;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (!gone[i]) result.push_back(shape[i]);
  return result;
}

void RegionLoss::compute(const Tensor& y_true, const Tensor& y_pred, Tensor& values,
                         const Tensor& coefficients, Tensor* gradient) const {
  const auto region = regions(shape_of(y_pred), reduced(y_pred.dimension()), y_pred.size());
  std::vector<Sums> sums(values.size());
  for (std::size_t k = 0; k < y_pred.size(); ++k) {
    const double t = y_true.data()[k], p = y_pred.data()[k];
    Sums& sum = sums[region[k]];
    sum.both += t * p;
    sum.t += t;
    sum.p += p;
  }
  std::vector<Value> results;
  for (std::size_t i = 0; i < values.size(); ++i) {
    results.push_back(of(sums[i]));
    values.data()[i] = static_cast<real>(results[i].value);
  }
  for (std::size_t k = 0; gradient && k < y_pred.size(); ++k) {
    const Value& value = results[region[k]];
    gradient->data()[k] =
        static_cast<real>(double{coefficients.data()[region[k]]} *
                          (value.constant + value.slope * double{y_true.data()[k]}));
  }
}

void DiceOptions::describe(Fields& fields) {
  describe_loss(fields, name, reduction, dtype);
  fields("axis", axis);
}

RegionLoss::Value Dice::of(const Sums& sums) const {
  const double all = sums.t + sums.p + epsilon;
  return {1 - 2 * sums.both / all, 2 * sums.both / (all * all), -2 / all};
}

void TverskyOptions::describe(Fields& fields) {
  describe_loss(fields, name, reduction, dtype);
  fields("alpha", alpha)("beta", beta)("axis", axis);
}

RegionLoss::Value Tversky::of(const Sums& sums) const {
  const double alpha = options_.alpha, beta = options_.beta;
  const double all =
      sums.both + alpha * (sums.t - sums.both) + beta * (sums.p - sums.both) + epsilon;
  const double share = sums.both / all;
  return {1 - share, share * beta / all, (share * (1 - alpha - beta) - 1) / all};
}

}  // namespace keratin::inline KERATIN_VARIANT::losses
