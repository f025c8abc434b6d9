#include "salt.hpp"

#include <cmath>

#include "../../../framework/base/fingerprint.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

std::optional<std::array<std::uint64_t, 2>> salt_key(const Layer& layer,
                                                     std::optional<Numbers>& salt) {
  if (!salt) return {};
  if (!salt->is_list()) salt = Numbers{salt->values()[0], salt->values()[0]};
  bool fits = salt->values().size() == 2;
  for (const Number& number : salt->values()) fits = fits && number.is_integer() && number >= 0;
  if (!fits) {
    layer.refuse("The `salt` argument for `", layer.class_name(),
                 "` can only be a tuple of size 2 ",
                 "integers, or a single integer. Received: salt=", salt->text(), ".");
  }
  return std::array{static_cast<std::uint64_t>(double{salt->values()[0]}),
                    static_cast<std::uint64_t>(double{salt->values()[1]})};
}

Dim bucket_of(const std::string& text, Dim buckets,
              const std::optional<std::array<std::uint64_t, 2>>& key) {
  const std::uint64_t hash = key ? sip_hash(text, *key) : fingerprint64(text);
  return static_cast<Dim>(hash % static_cast<std::uint64_t>(buckets));
}

Dim integer_of(const Layer& layer, real value) {
  if (value != std::floor(value) || !(std::abs(value) < static_cast<real>(9e18)))
    layer.refuse("takes whole numbers. Received: ", value);
  return static_cast<Dim>(value);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
