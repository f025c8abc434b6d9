#include "paths.hpp"

namespace keratin::paths {

// The paths are compiled into this file alone, so that compilers' caches serve several checkouts.
std::string data(std::string_view name) { return std::string(KERATIN_TEST_DATA "/").append(name); }

std::string shared(std::string_view name) { return std::string(KERATIN_SHARED "/").append(name); }

}  // namespace keratin::paths
