#include "fingerprint.hpp"

#include <bit>
#include <utility>

namespace keratin {
namespace {

using U64 = std::uint64_t;
using Pair = std::pair<U64, U64>;

constexpr U64 k0 = 0xc3a5c85c97cb3127, k1 = 0xb492b66fbe98f273, k2 = 0x9ae16a3b2f90404f;

/// Little-endian numbers.
U64 fetch(const char* s, std::size_t bytes = 8) {
  U64 value = 0;
  for (std::size_t i = 0; i < bytes; ++i)
    value |= static_cast<U64>(static_cast<unsigned char>(s[i])) << (8 * i);
  return value;
}

U64 rotated(U64 value, int right) { return std::rotr(value, right); }
U64 mixed(U64 value) { return value ^ (value >> 47); }

U64 hash_pair(U64 u, U64 v, U64 multiplier) {
  const U64 a = mixed((u ^ v) * multiplier);
  return mixed((v ^ a) * multiplier) * multiplier;
}

U64 hash_to_16(const char* s, std::size_t length) {
  const U64 multiplier = k2 + length * 2;
  if (length >= 8) {
    const U64 a = fetch(s) + k2, b = fetch(s + length - 8);
    const U64 c = rotated(b, 37) * multiplier + a;
    const U64 d = (rotated(a, 25) + b) * multiplier;
    return hash_pair(c, d, multiplier);
  }
  if (length >= 4)
    return hash_pair(length + (fetch(s, 4) << 3), fetch(s + length - 4, 4), multiplier);
  if (length == 0) return k2;
  const U64 y = fetch(s, 1) + (fetch(s + (length >> 1), 1) << 8);
  const U64 z = length + (fetch(s + length - 1, 1) << 2);
  return mixed(y * k2 ^ z * k0) * k2;
}

U64 hash_to_32(const char* s, std::size_t length) {
  const U64 multiplier = k2 + length * 2;
  const U64 a = fetch(s) * k1, b = fetch(s + 8);
  const U64 c = fetch(s + length - 8) * multiplier, d = fetch(s + length - 16) * k2;
  return hash_pair(rotated(a + b, 43) + rotated(c, 30) + d, a + rotated(b + k2, 18) + c,
                   multiplier);
}

U64 hash_to_64(const char* s, std::size_t length) {
  const U64 multiplier = k2 + length * 2;
  const U64 a = fetch(s) * k2, b = fetch(s + 8);
  const U64 c = fetch(s + length - 8) * multiplier, d = fetch(s + length - 16) * k2;
  const U64 y = rotated(a + b, 43) + rotated(c, 30) + d;
  const U64 z = hash_pair(y, a + rotated(b + k2, 18) + c, multiplier);
  const U64 e = fetch(s + 16) * multiplier, f = fetch(s + 24);
  const U64 g = (y + fetch(s + length - 32)) * multiplier;
  const U64 h = (z + fetch(s + length - 24)) * multiplier;
  return hash_pair(rotated(e + f, 43) + rotated(g, 30) + h, e + rotated(f + a, 18) + g, multiplier);
}

Pair hash_32(const char* s, U64 a, U64 b) {
  const U64 w = fetch(s), x = fetch(s + 8), y = fetch(s + 16), z = fetch(s + 24);
  a += w;
  b = rotated(b + a + z, 21);
  const U64 c = a;
  a += x + y;
  b += rotated(a, 44);
  return {a + z, b + c};
}

}  // namespace

std::uint64_t fingerprint64(std::string_view text) {
  const char* s = text.data();
  const std::size_t length = text.size();
  if (length <= 16) return hash_to_16(s, length);
  if (length <= 32) return hash_to_32(s, length);
  if (length <= 64) return hash_to_64(s, length);
  constexpr U64 seed = 81;
  U64 x = seed * k2 + fetch(s), y = seed * k1 + 113, z = mixed(y * k2 + 113) * k2;
  Pair v, w;
  const char* const end = s + (length - 1) / 64 * 64;
  const char* const last = text.data() + length - 64;
  const auto round = [&](const char* at, U64 multiplier, U64 w_factor, U64 v_factor) {
    x = rotated(x + y + v.first + fetch(at + 8), 37) * multiplier;
    y = rotated(y + v.second + fetch(at + 48), 42) * multiplier;
    x ^= w.second * w_factor;
    y += v.first * v_factor + fetch(at + 40);
    z = rotated(z + w.first, 33) * multiplier;
    v = hash_32(at, v.second * multiplier, x + w.first);
    w = hash_32(at + 32, z + w.second, y + fetch(at + 16));
    std::swap(z, x);
  };
  for (; s != end; s += 64) round(s, k1, 1, 1);
  const U64 multiplier = k1 + ((z & 0xff) << 1);
  w.first += (length - 1) & 63;
  v.first += w.first;
  w.first += v.first;
  round(last, multiplier, 9, 9);
  return hash_pair(hash_pair(v.first, w.first, multiplier) + mixed(y) * k0 + z,
                   hash_pair(v.second, w.second, multiplier) + x, multiplier);
}

std::uint64_t sip_hash(std::string_view text, const std::array<std::uint64_t, 2>& key) {
  U64 v0 = key[0] ^ 0x736f6d6570736575, v1 = key[1] ^ 0x646f72616e646f6d;
  U64 v2 = key[0] ^ 0x6c7967656e657261, v3 = key[1] ^ 0x7465646279746573;
  const auto rounds = [&](int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1;
      v2 += v3;
      v1 = std::rotl(v1, 13) ^ v0;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 = std::rotl(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = std::rotl(v1, 17) ^ v2;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 = std::rotl(v2, 32);
    }
  };
  const auto take = [&](U64 word) {
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  };
  const std::size_t whole = text.size() / 8 * 8;
  for (std::size_t i = 0; i < whole; i += 8) take(fetch(text.data() + i));
  take(fetch(text.data() + whole, text.size() - whole) | static_cast<U64>(text.size()) << 56);
  v2 ^= 0xff;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}

std::uint64_t joined_fingerprints(std::uint64_t first, std::uint64_t second) {
  constexpr U64 multiplier = 0xc6a4a7935bd1e995;
  U64 result = first ^ multiplier;
  result ^= mixed(second * multiplier) * multiplier;
  result *= multiplier;
  result = mixed(result) * multiplier;
  return mixed(result);
}

}  // namespace keratin
