#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

namespace keratin {

namespace float16_detail {

/// `value` as a float whose last bit is set where digits were lost, so that rounding it once more
/// rounds as if from `value` itself ("round to odd").
inline float round_to_odd(double value) {
  const auto rounded = static_cast<float>(value);
  const auto bits = std::bit_cast<std::uint32_t>(rounded);
  if (static_cast<double>(rounded) == value || value != value || (bits & 1) != 0) return rounded;
  // Of the two floats around `value` one is even and was chosen: take its odd neighbour.
  const bool away = (rounded < value) == (value > 0);
  return std::bit_cast<float>(away ? bits + 1 : bits - 1);
}

inline std::uint16_t half_bits(float value) {
  std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000u;
  bits &= 0x7fffffffu;
  std::uint32_t result = 0;
  if (bits > 0x7f800000u) {  // NaN: made quiet, the rest of its payload kept
    result = 0x7e00u | ((bits >> 13) & 0x1ffu);
  } else if (bits >= 0x47800000u) {  // 65536 and more, infinity
    result = 0x7c00u;
  } else if (bits < 0x38800000u) {  // below 2^-14: the sum's last bit weighs 2^-24, as ours does
    result = std::bit_cast<std::uint32_t>(std::bit_cast<float>(bits) + 0.5f) - 0x3f000000u;
  } else {
    result = (bits - 0x38000000u + 0xfffu + ((bits >> 13) & 1u)) >> 13;
  }
  return static_cast<std::uint16_t>(sign | result);
}

inline float half_value(std::uint16_t half_bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half_bits & 0x8000u) << 16;
  const std::uint32_t bits = static_cast<std::uint32_t>(half_bits & 0x7fffu) << 13;
  std::uint32_t result = bits + 0x38000000u;
  if (bits >= 0x0f800000u) {  // infinity and NaN
    result = bits + 0x70000000u;
  } else if (bits < 0x00800000u) {  // zero and subnormal numbers
    const float shifted = std::bit_cast<float>(bits + 0x38800000u) - 0x1p-14f;
    result = std::bit_cast<std::uint32_t>(shifted);
  }
  return std::bit_cast<float>(sign | result);
}

inline std::uint16_t bfloat16_bits(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (value != value) return static_cast<std::uint16_t>((bits >> 16) | 0x40u);
  return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

inline float bfloat16_value(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// 16 bits of storage. They widen to float by themselves, so arithmetic and comparison are
/// float's; narrowing rounds to nearest, ties to even, and has to be asked for.
template <std::uint16_t (*narrow)(float), float (*widen)(std::uint16_t)>
struct Float16 {
  std::uint16_t bits;

  Float16() = default;
  template <class T>
  requires std::is_arithmetic_v<T>
  explicit Float16(T value) {
    if constexpr (std::is_same_v<T, float>) {
      bits = narrow(value);
    } else {
      bits = narrow(round_to_odd(static_cast<double>(value)));
    }
  }
  operator float() const { return widen(bits); }

  static Float16 from_bits(std::uint16_t bits) {
    Float16 result;
    result.bits = bits;
    return result;
  }
};

}  // namespace float16_detail

/// IEEE 754 binary16: 5 bits of exponent, 10 of mantissa; 6e-8 to 65504. Left uninitialised by
/// default, as float is.
using half = float16_detail::Float16<float16_detail::half_bits, float16_detail::half_value>;
/// The upper half of a float: 8 bits of exponent, 7 of mantissa.
using bfloat16 =
    float16_detail::Float16<float16_detail::bfloat16_bits, float16_detail::bfloat16_value>;

/// What sums of products of T are kept in: double for double, float for the others.
template <class T>
using Accumulator = std::conditional_t<std::is_same_v<T, double>, double, float>;

}  // namespace keratin
