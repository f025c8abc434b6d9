#pragma once

#include <array>

#include "../base/basic_tensor.hpp"

/// The arithmetic of windows that slide along an axis: convolution and pooling of any rank, one
/// axis at a time.
namespace keratin::nn {

/// How zeros are put around an axis. `valid`: none. `same`: as many as give ceil(input / stride)
/// outputs, the odd one behind. `causal`: all in front, so that no output sees later inputs.
enum class WindowPadding { valid, same, causal };

/// How many inputs a window of `kernel` taps spans from its first to its last.
Dim dilated_length(Dim kernel, Dim dilation);

/// The number of positions of a window on an axis of `input` elements; `unknown` if `input` is.
/// Where the window does not fit the result is not positive, and the caller refuses it in its own
/// words. `kernel`, `stride` and `dilation` are at least 1.
Dim conv_output_length(Dim input, Dim kernel, WindowPadding padding, Dim stride = 1,
                       Dim dilation = 1);
/// The same with `pads` zeros in front and behind.
Dim conv_output_length(Dim input, Dim kernel, std::array<Dim, 2> pads, Dim stride = 1,
                       Dim dilation = 1);

/// The zeros in front and behind that `padding` stands for. `input` must be known.
std::array<Dim, 2> window_pads(Dim input, Dim kernel, WindowPadding padding, Dim stride = 1,
                               Dim dilation = 1);
/// The zeros in front.
Dim pad_before(Dim input, Dim kernel, WindowPadding padding, Dim stride = 1, Dim dilation = 1);

}  // namespace keratin::nn
