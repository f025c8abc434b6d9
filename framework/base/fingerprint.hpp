#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace keratin {

/// FarmHash's Fingerprint64, which tf.strings.to_hash_bucket_fast takes modulo the buckets: the
/// same on all machines.
std::uint64_t fingerprint64(std::string_view text);

/// SipHash-2-4 with a key of two numbers, which tf.strings.to_hash_bucket_strong takes modulo the
/// buckets.
std::uint64_t sip_hash(std::string_view text, const std::array<std::uint64_t, 2>& key);

/// One fingerprint of two, as tf.sparse.cross_hashed joins those of crossed features.
std::uint64_t joined_fingerprints(std::uint64_t first, std::uint64_t second);

}  // namespace keratin
