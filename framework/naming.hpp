#pragma once

#include <string>
#include <string_view>

#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// As Keras names things after classes: "DepthwiseConv2D" -> "depthwise_conv2d", "PReLU" ->
/// "p_re_lu".
std::string to_snake_case(std::string_view class_name);

/// A name no other object of this program was given by this function: "dense", "dense_1", ...
std::string unique_name(std::string_view class_name);

/// Lets the numbers of unique_name() begin anew (keras.utils.clear_session).
void clear_session();

}  // namespace keratin::inline KERATIN_VARIANT
