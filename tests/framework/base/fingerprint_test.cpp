#include "../../../framework/base/fingerprint.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace keratin;

TEST_CASE("Fingerprints are those that TensorFlow's documentation shows") {
  // keras.layers.Hashing(num_bins=3) of 'A' to 'E', without and with a salt.
  std::string plain, salted, same;
  for (const char* letter : {"A", "B", "C", "D", "E"}) {
    plain += std::to_string(fingerprint64(letter) % 3);
    salted += std::to_string(sip_hash(letter, {133, 137}) % 3);
    same += std::to_string(sip_hash(letter, {133, 133}) % 3);
  }
  CHECK(plain == "10112");
  CHECK(salted == "12102");
  CHECK(same == "00210");
}

TEST_CASE("SipHash gives the value of its paper") {
  std::string text;
  for (char i = 0; i < 15; ++i) text += i;
  CHECK(sip_hash(text, {0x0706050403020100, 0x0f0e0d0c0b0a0908}) == 0xa129ca6149be45e5);
}

TEST_CASE("Fingerprints differ with every byte, at all lengths") {
  std::string text;
  for (int length = 0; length < 200; ++length) {
    const auto whole = fingerprint64(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      CHECK(fingerprint64(changed) != whole);
    }
    text += static_cast<char>('a' + length % 26);
  }
}
