#pragma once

#include <filesystem>

#include "../../framework/base/json.hpp"
#include "variable_store.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// Whether `json` is the index of weights in several files, a `.weights.json`.
bool is_shard_index(const Json& json);

/// The variables of the files that the index `json`, read from `path`, names: they lie beside it.
/// Throws FileError, also for names that lead elsewhere.
VariableStore sharded_store(const Json& json, const std::filesystem::path& path);

}  // namespace keratin::inline KERATIN_VARIANT::saving
