#pragma once

#include <cstddef>

namespace keratin::kernels {

// Below, "rows" are all axes but the last, taken together, and "channels" is the last. Sums over
// rows are taken in fixed pieces in a fixed order: the same bits with any number of threads.

/// x(r, c) += bias(c)
template <class T>
void add_bias(std::size_t rows, std::size_t channels, const T* bias, T* x);

/// y(r, c) = x(r, c) scale(c) + shift(c); y may be x. `shift` may be null.
template <class T>
void scale_shift(std::size_t rows, std::size_t channels, const T* x, const T* scale, const T* shift,
                 T* y);

/// y(r, c) = x(r, c) a(c) + z(r, c) b(c) + shift(c); y may be x or z. The gradient to a
/// BatchNormalization's input has this form.
template <class T>
void scale_add_shift(std::size_t rows, std::size_t channels, const T* x, const T* a, const T* z,
                     const T* b, const T* shift, T* y);

/// sums(c) = sum over r of x(r, c)
template <class T>
void column_sums(std::size_t rows, std::size_t channels, const T* x, T* sums);

/// The mean over rows and the (biased) variance about it, by summing squared differences from the
/// mean: no cancellation. Zeros when there are no rows.
template <class T>
void moments(std::size_t rows, std::size_t channels, const T* x, T* mean, T* variance);

/// What a BatchNormalization's gradients need: sum(c) = sum over r of dy(r, c), and
/// dot(c) = sum over r of dy(r, c) (x(r, c) - mean(c)) scale(c), scale usually 1 / deviation.
template <class T>
void gradient_sums(std::size_t rows, std::size_t channels, const T* dy, const T* x, const T* mean,
                   const T* scale, T* sum, T* dot);

/// y(i) += alpha x(i)
template <class T>
void axpy(std::size_t count, T alpha, const T* x, T* y);

// Accurate to 2 units in the last place (sigmoid and tanh: 4); y may be x. NaN stays NaN.
template <class T>
void exp(std::size_t count, const T* x, T* y);
template <class T>
void tanh(std::size_t count, const T* x, T* y);
template <class T>
void sigmoid(std::size_t count, const T* x, T* y);

}  // namespace keratin::kernels
