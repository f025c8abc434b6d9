#pragma once

#include <algorithm>
#include <string_view>

#include "../../../framework/layer.hpp"
#include "../numbers.hpp"

// The ranges that image layers draw from, and those that colours are in.
namespace keratin::inline KERATIN_VARIANT::layers {

struct Range {
  double low = 0, high = 0;
  /// The number in it for a draw from [0, 1).
  double at(double draw) const { return low + (high - low) * draw; }
};

/// `value` of the range `from` at its place in the range `to`.
template <class T>
T moved_to_range(T value, const Range& from, const Range& to) {
  if (from.low == to.low && from.high == to.high) return value;
  const T part = (value - static_cast<T>(from.low)) / static_cast<T>(from.high - from.low);
  return part * static_cast<T>(to.high - to.low) + static_cast<T>(to.low);
}

/// `value` within the range, and whether that is another value: then no gradient comes through.
template <class T>
T clipped(T value, const Range& range) {
  return std::min(std::max(value, static_cast<T>(range.low)), static_cast<T>(range.high));
}
template <class T>
bool is_clipped(T value, const Range& range) {
  return !(value >= static_cast<T>(range.low) && value <= static_cast<T>(range.high));
}

/// The range of 8-bit colours, which some layers compute in whatever their `value_range`.
inline constexpr Range bytes{0, 255};

/// The two numbers of a `value_range`, and the same where Keras sorts them. Refuses others in
/// Keras's words.
Range value_range(const Layer& layer, const Numbers& range);
Range sorted_value_range(const Layer& layer, Numbers& range);

/// The argument `name` that must be between `low` and `high`: a pair, which is sorted, or one
/// number f, which becomes (max(-|f|, low), |f|). Refuses others in Keras's words.
Range base_factor(const Layer& layer, Numbers& factor, int low, int high,
                  std::string_view name = "factor");

/// What a factor must be for layers with a rule of their own.
struct FactorRule {
  /// The beginning of Keras's message.
  std::string_view expected;
  double low, high;
  /// Whether one number f stands for (-|f|, |f|); otherwise for (0, f).
  bool mirrored;
};
Range named_factor(const Layer& layer, std::string_view name, const Numbers& factor,
                   const FactorRule& rule);

/// The pair that `factor` is or stands for, as layers have it in their config.
Numbers pair_of(const Numbers& factor, bool mirrored);

}  // namespace keratin::inline KERATIN_VARIANT::layers
