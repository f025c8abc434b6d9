#pragma once

#include <string>
#include <string_view>

namespace keratin::paths {

/// A file of tests/data.
std::string data(std::string_view name);
/// A file of the larger collection that may lie beside the project; where it does not, the tests
/// over it have nothing to do.
std::string shared(std::string_view name);

}  // namespace keratin::paths
