#include "keras_version.hpp"

#include <charconv>
#include <optional>
#include <vector>

#include "../../framework/base/error.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

constexpr KerasVersion oldest2{2, 15, 0}, newest2{2, 21, 99}, oldest3{3, 0, 0}, newest3{3, 15, 99};

/// Two or three numbers with points between.
std::optional<KerasVersion> parse(const std::string& text) {
  std::vector<int> numbers;
  const char *place = text.data(), *end = text.data() + text.size();
  while (true) {
    int number = 0;
    const auto [next, error] = std::from_chars(place, end, number);
    if (error != std::errc() || number < 0 || *place == '-') return {};
    numbers.push_back(number);
    if (next == end) break;
    if (*next != '.' || numbers.size() == 3) return {};
    place = next + 1;
  }
  if (numbers.size() < 2) return {};
  return KerasVersion{numbers[0], numbers[1], numbers.size() == 3 ? numbers[2] : 0};
}

}  // namespace

std::string KerasVersion::text() const { return concat(major, ".", minor, ".", patch); }

KerasVersion parse_keras_version(const std::string& text) {
  const auto version = parse(text);
  if (version && ((*version >= oldest2 && *version <= newest2) ||
                  (*version >= oldest3 && *version <= newest3))) {
    return *version;
  }
  throw ValueError(concat("Invalid value for argument `keras_version`. Received: ", text,
                          ", allowed: 2.15 to 2.21 (tf.keras) and 3.0 to 3.15, such as \"3.9\" or "
                          "\"3.9.2\"; empty for what every Keras 3 opens"));
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
