#include "../../../framework/base/float16.hpp"

#include <cmath>
#include <limits>
#include <type_traits>

#include <doctest/doctest.h>

#include "../../../framework/base/basic_tensor.hpp"

using namespace keratin;

static_assert(std::is_trivially_default_constructible_v<half>);
static_assert(std::is_trivially_copyable_v<bfloat16> && sizeof(bfloat16) == 2);
static_assert(!std::is_convertible_v<float, half>, "rounding has to be asked for");

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

/// Rounds by the definition: the nearest of the type's neighbours of `value`, the even one if both
/// are as near.
template <class T>
std::uint16_t nearest_bits(double value, std::uint16_t infinity_bits) {
  std::uint32_t low = 0, high = infinity_bits;  // the finite values grow with their bits
  const auto at = [&](std::uint32_t bits) {
    // Overflow rounds as if the exponent went on, so infinity stands for the next power of two.
    if (bits == infinity_bits) {
      return 2 * static_cast<double>(T::from_bits(static_cast<std::uint16_t>(
                     infinity_bits - (infinity_bits == 0x7c00 ? 0x400 : 0x80))));
    }
    return static_cast<double>(static_cast<float>(T::from_bits(static_cast<std::uint16_t>(bits))));
  };
  const double magnitude = std::abs(value);
  const std::uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  while (high - low > 1) {
    const std::uint32_t middle = (low + high) / 2;
    (at(middle) <= magnitude ? low : high) = middle;
  }
  const double below = magnitude - at(low), above = at(high) - magnitude;
  const bool up = above < below || (above == below && low % 2 == 1);
  return static_cast<std::uint16_t>(sign | (up ? high : low));
}

}  // namespace

TEST_CASE_TEMPLATE("every 16-bit number goes to float and back", T, half, bfloat16) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const T number = T::from_bits(static_cast<std::uint16_t>(bits));
    const float value = number;
    if (std::isnan(value)) {
      REQUIRE(std::isnan(static_cast<float>(T(value))));
      REQUIRE((T(value).bits & 0x8000) == (bits & 0x8000));
    } else {
      REQUIRE(T(value).bits == bits);
    }
  }
}

TEST_CASE_TEMPLATE("float and double round to the nearest, ties to even", T, half, bfloat16) {
  const std::uint16_t infinity_bits = std::is_same_v<T, half> ? 0x7c00 : 0x7f80;
  for (std::uint32_t bits = 0; bits < infinity_bits; bits += 3) {
    const double low = static_cast<float>(T::from_bits(static_cast<std::uint16_t>(bits)));
    const double high =
        bits + 1u == infinity_bits
            ? low
            : static_cast<float>(T::from_bits(static_cast<std::uint16_t>(bits + 1)));
    for (const double part : {0.25, 0.5, 0.75, 0.5 + 0x1p-20, 0.5 - 0x1p-20}) {
      const double value = low + part * (high - low);
      REQUIRE(T(value).bits == nearest_bits<T>(value, infinity_bits));
      REQUIRE(T(-value).bits == nearest_bits<T>(-value, infinity_bits));
      const auto single = static_cast<float>(value);
      REQUIRE(T(single).bits == nearest_bits<T>(static_cast<double>(single), infinity_bits));
    }
  }
}

TEST_CASE("a double does not round twice") {
  // Rounded to float first, this is a tie and would fall to 1.
  CHECK(half(1.0 + 0x1p-11 + 0x1p-40) == 1.0f + 0x1p-10f);
  CHECK(half(1.0 + 0x1p-11 - 0x1p-40) == 1.0f);
  CHECK(bfloat16(-1.0 - 0x1p-8 - 0x1p-40) == -1.0f - 0x1p-7f);
  CHECK(half(1e300) == infinity);
  CHECK(half(1e-300) == 0.0f);
}

TEST_CASE("the edges of half") {
  CHECK(half(0.0f).bits == 0);
  CHECK(half(-0.0f).bits == 0x8000);
  CHECK(half(1.0f).bits == 0x3c00);
  CHECK(half(65504.0f).bits == 0x7bff);
  CHECK(half(65519.0f).bits == 0x7bff);
  CHECK(half(65520.0f).bits == 0x7c00);
  CHECK(half(-infinity).bits == 0xfc00);
  CHECK(half(0x1p-14f).bits == 0x0400);
  CHECK(half(0x1p-24f).bits == 0x0001);
  CHECK(half(0x1p-25f).bits == 0x0000);
  CHECK(half(0x1.8p-25f).bits == 0x0001);
  CHECK(half(3).bits == half(3.0f).bits);
  CHECK(std::isnan(static_cast<float>(half(std::nanf("")))));
}

TEST_CASE("the edges of bfloat16") {
  CHECK(bfloat16(1.0f).bits == 0x3f80);
  CHECK(bfloat16(std::numeric_limits<float>::max()) == infinity);
  CHECK(bfloat16(-infinity).bits == 0xff80);
  CHECK(bfloat16(std::numeric_limits<float>::denorm_min()).bits == 0);
  // A NaN whose upper half alone would read as infinity.
  CHECK(std::isnan(static_cast<float>(bfloat16(std::bit_cast<float>(0x7f800001u)))));
}

TEST_CASE("16-bit numbers compare as numbers do") {
  CHECK(half(-1.0f) < half(0.5f));
  CHECK(half(0.0f) == half(-0.0f));
  CHECK(half(std::nanf("")) != half(std::nanf("")));
  CHECK(bfloat16(2.0f) >= bfloat16(2.0f));
  CHECK(half(1.5f) + half(2.0f) == 3.5f);
}

TEST_CASE("tensors hold 16-bit numbers") {
  auto tensor = empty_tensor<half>({2, 3});
  tensor.fill(half(1.5f));
  tensor(1, 2) = half(2.0f);
  const BasicTensor<half> copy = tensor;
  CHECK(copy == tensor);
  CHECK(copy(0, 0) == 1.5f);
  CHECK(copy(1, 2) == 2.0f);
}
