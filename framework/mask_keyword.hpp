#pragma once

#include <string_view>

namespace keratin {

/// The keyword of an input that is the mask of another: the first such is that of the first input.
constexpr std::string_view mask_keyword = "mask";

}  // namespace keratin
