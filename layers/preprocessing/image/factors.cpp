#include "factors.hpp"

#include <algorithm>
#include <cmath>

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// The sorted pair, as it was written.
Numbers sorted(const Numbers& pair) {
  std::vector<Number> values = pair.values();
  std::ranges::sort(values, {}, [](const Number& number) { return double{number}; });
  return Numbers(std::move(values));
}

bool is_pair(const Numbers& numbers) { return numbers.is_list() && numbers.values().size() == 2; }

}  // namespace

Range value_range(const Layer& layer, const Numbers& range) {
  if (!is_pair(range)) {
    layer.refuse("The `value_range` argument should be a list of two numbers. Received: ",
                 "value_range=", range.text());
  }
  return {range.values()[0], range.values()[1]};
}

Range sorted_value_range(const Layer& layer, Numbers& range) {
  value_range(layer, range);
  range = sorted(range);
  return value_range(layer, range);
}

Range base_factor(const Layer& layer, Numbers& factor, int low, int high, std::string_view name) {
  const auto fail = [&] {
    layer.refuse("The `", name, "` argument should be a number (or a list of two numbers) in the ",
                 "range [", low, ", ", high, "]. Received: factor=", factor.text());
  };
  if (factor.is_list()) {
    if (!is_pair(factor)) fail();
    if (factor.values()[0] > high || factor.values()[1] < low) fail();
    factor = sorted(factor);
  } else {
    const double value = factor.values()[0];
    if (!(value >= low && value <= high)) fail();
    const Number upper = factor.values()[0].absolute();
    // As Python's max(): the bound only where it is larger.
    factor = Numbers{low > -upper ? Number(low) : -upper, upper};
  }
  return {factor.values()[0], factor.values()[1]};
}

Range named_factor(const Layer& layer, std::string_view name, const Numbers& factor,
                   const FactorRule& rule) {
  if (factor.is_list() && !is_pair(factor))
    layer.refuse(rule.expected, "Received: ", name, "=", factor.text());
  // A mirrored pair is what one number has become in a config.
  const bool is_mirrored =
      rule.mirrored && factor.is_list() && factor.values()[0] == -factor.values()[1];
  for (const Number& given : factor.values()) {
    const Number number = is_mirrored ? given.absolute() : given;
    if (!(number >= rule.low && number <= rule.high))
      layer.refuse(rule.expected, "Received: input_number=", double{number});
  }
  if (factor.is_list()) {
    const double first = factor.values()[0], second = factor.values()[1];
    return {std::min(first, second), std::max(first, second)};
  }
  const double value = factor.values()[0];
  return rule.mirrored ? Range{-std::abs(value), std::abs(value)} : Range{0, value};
}

Numbers pair_of(const Numbers& factor, bool mirrored) {
  if (factor.is_list()) return sorted(factor);
  const Number& upper = factor.values()[0];
  return mirrored ? Numbers{-upper.absolute(), upper.absolute()} : Numbers{0, upper};
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
