#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace keratin::io {

/// The value of an IEEE 754 binary16 number given by its bits.
inline float float_from_half(std::uint16_t bits) {
  const int sign = bits >> 15, exponent = (bits >> 10) & 31, mantissa = bits & 1023;
  if (exponent == 31) {
    const auto wide = static_cast<std::uint32_t>(0x7f800000 | mantissa << 13);
    return std::bit_cast<float>(wide | static_cast<std::uint32_t>(sign) << 31);
  }
  const float magnitude = exponent == 0
                              ? std::ldexp(static_cast<float>(mantissa), -24)
                              : std::ldexp(static_cast<float>(mantissa | 1024), exponent - 25);
  return sign ? -magnitude : magnitude;
}

/// The bits of the binary16 number nearest to `value` (ties to even; beyond the range: infinity).
inline std::uint16_t half_from_float(float value) {
  const auto sign = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16 & 0x8000);
  if (std::isnan(value)) return static_cast<std::uint16_t>(sign | 0x7e00);
  const float magnitude = std::fabs(value);
  if (magnitude >= 65520.0f) return static_cast<std::uint16_t>(sign | 0x7c00);
  int exponent = -13;
  if (magnitude >= 0x1p-14f) exponent = std::ilogb(magnitude) + 1;
  // In units of the last place; a carry out of the mantissa moves into the exponent by itself.
  const auto units =
      static_cast<std::uint32_t>(std::nearbyint(std::ldexp(magnitude, 11 - exponent)));
  const auto bits = units + (static_cast<std::uint32_t>(exponent + 13) << 10);
  return static_cast<std::uint16_t>(sign | bits);
}

/// The value of a bfloat16 number (the upper half of a float) given by its bits.
inline float float_from_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// The bits of the bfloat16 number nearest to `value` (ties to even).
inline std::uint16_t bfloat16_from_float(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>(bits >> 16 | 0x40);
  return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

}  // namespace keratin::io
