#pragma once

#include <map>
#include <string>
#include <variant>

#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

/// Integers print as such, other numbers as Python's floats.
using PathValues = std::map<std::string, std::variant<long, double>>;

/// Python's `pattern.format(**values)` for numbers: "{epoch:02d}-{val_loss:.2f}.keras". Throws
/// ValueError where a name is not among `values` or a format is none of a number's.
std::string format_path(const std::string& pattern, const PathValues& values);

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
