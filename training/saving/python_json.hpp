#pragma once

#include <string>
#include <string_view>

#include "../../framework/base/json.hpp"
#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// `json` as Python's json.dumps writes it: ", " and ": " between, everything beyond ASCII as
/// \uXXXX, floats as repr() prints them.
std::string python_json(const Json& json);

/// The inverse. Throws FileError naming `source` where the text is no JSON, is nested more than 500
/// deep or has objects of more than 65536 keys.
Json parse_json(std::string_view text, const std::string& source);

}  // namespace keratin::inline KERATIN_VARIANT::saving
