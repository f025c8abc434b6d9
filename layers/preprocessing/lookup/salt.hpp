#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "../../../framework/layer.hpp"
#include "../numbers.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// The key that a `salt` is; it becomes the pair that configs hold. Refuses others in Keras's
/// words.
std::optional<std::array<std::uint64_t, 2>> salt_key(const Layer& layer,
                                                     std::optional<Numbers>& salt);

/// One of `buckets`, by the hash of `text`.
Dim bucket_of(const std::string& text, Dim buckets,
              const std::optional<std::array<std::uint64_t, 2>>& key);

/// The whole number that an element of a tensor is. Refuses what is none.
Dim integer_of(const Layer& layer, real value);

}  // namespace keratin::inline KERATIN_VARIANT::layers
