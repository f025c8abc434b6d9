#pragma once

#include <cstddef>

namespace keratin::kernels {

/// Transposes `count` row-major matrices, rows x columns each, that follow one another.
/// Channels first to channels last is transpose(batch, channels, pixels, ...), the way back
/// transpose(batch, pixels, channels, ...).
template <class T>
void transpose(std::size_t count, std::size_t rows, std::size_t columns, const T* input, T* output);

/// numpy.transpose: axis i of the output is axis `axes[i]` of the input, whose shape is `shape`.
/// Both arrays hold `rank` values; `axes` is a permutation of 0 .. rank - 1.
template <class T>
void permute(std::size_t rank, const std::size_t* shape, const std::size_t* axes, const T* input,
             T* output);

}  // namespace keratin::kernels
