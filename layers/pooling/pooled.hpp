#pragma once

#include <array>
#include <string_view>

#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// What a pooling layer makes of a window.
enum class Pooled { maximum, average };

/// The class name for a rank of 1, 2 or 3.
template <std::size_t Rank>
constexpr std::string_view pooled_name(Pooled how, const std::array<std::string_view, 3>& maximum,
                                       const std::array<std::string_view, 3>& average) {
  return (how == Pooled::maximum ? maximum : average)[Rank - 1];
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
