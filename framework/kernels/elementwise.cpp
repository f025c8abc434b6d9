#include "elementwise.hpp"

#include <algorithm>
#include <cmath>

namespace keratin::kernels {

template <class T>
void add_bias(std::size_t rows, std::size_t channels, const T* bias, T* x) {
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < channels; ++c) x[r * channels + c] += bias[c];
  }
}

template <class T>
void scale_shift(std::size_t rows, std::size_t channels, const T* x, const T* scale, const T* shift,
                 T* y) {
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < channels; ++c) {
      y[r * channels + c] = x[r * channels + c] * scale[c] + (shift ? shift[c] : T{0});
    }
  }
}

template <class T>
void scale_add_shift(std::size_t rows, std::size_t channels, const T* x, const T* a, const T* z,
                     const T* b, const T* shift, T* y) {
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < channels; ++c) {
      const std::size_t i = r * channels + c;
      y[i] = x[i] * a[c] + z[i] * b[c] + shift[c];
    }
  }
}

template <class T>
void column_sums(std::size_t rows, std::size_t channels, const T* x, T* sums) {
  for (std::size_t c = 0; c < channels; ++c) {
    double sum = 0;
    for (std::size_t r = 0; r < rows; ++r) sum += double{x[r * channels + c]};
    sums[c] = static_cast<T>(sum);
  }
}

template <class T>
void moments(std::size_t rows, std::size_t channels, const T* x, T* mean, T* variance) {
  const auto count = static_cast<double>(std::max<std::size_t>(rows, 1));
  for (std::size_t c = 0; c < channels; ++c) {
    double sum = 0, squares = 0;
    for (std::size_t r = 0; r < rows; ++r) sum += double{x[r * channels + c]};
    const double centre = sum / count;
    for (std::size_t r = 0; r < rows; ++r) {
      const double difference = double{x[r * channels + c]} - centre;
      squares += difference * difference;
    }
    mean[c] = static_cast<T>(centre);
    variance[c] = static_cast<T>(squares / count);
  }
}

template <class T>
void gradient_sums(std::size_t rows, std::size_t channels, const T* dy, const T* x, const T* mean,
                   const T* scale, T* sum, T* dot) {
  for (std::size_t c = 0; c < channels; ++c) {
    double total = 0, product = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      const std::size_t i = r * channels + c;
      total += double{dy[i]};
      product += double{dy[i]} * double{(x[i] - mean[c]) * scale[c]};
    }
    sum[c] = static_cast<T>(total);
    dot[c] = static_cast<T>(product);
  }
}

template <class T>
void axpy(std::size_t count, T alpha, const T* x, T* y) {
  for (std::size_t i = 0; i < count; ++i) y[i] += alpha * x[i];
}

template <class T>
void exp(std::size_t count, const T* x, T* y) {
  std::transform(x, x + count, y, [](T value) { return std::exp(value); });
}

template <class T>
void tanh(std::size_t count, const T* x, T* y) {
  std::transform(x, x + count, y, [](T value) { return std::tanh(value); });
}

template <class T>
void sigmoid(std::size_t count, const T* x, T* y) {
  std::transform(x, x + count, y, [](T value) { return 1 / (1 + std::exp(-value)); });
}

#define KERATIN_INSTANTIATE(T)                                                                    \
  template void add_bias(std::size_t, std::size_t, const T*, T*);                                 \
  template void scale_shift(std::size_t, std::size_t, const T*, const T*, const T*, T*);          \
  template void scale_add_shift(std::size_t, std::size_t, const T*, const T*, const T*, const T*, \
                                const T*, T*);                                                    \
  template void column_sums(std::size_t, std::size_t, const T*, T*);                              \
  template void moments(std::size_t, std::size_t, const T*, T*, T*);                              \
  template void gradient_sums(std::size_t, std::size_t, const T*, const T*, const T*, const T*,   \
                              T*, T*);                                                            \
  template void axpy(std::size_t, T, const T*, T*);                                               \
  template void exp(std::size_t, const T*, T*);                                                   \
  template void tanh(std::size_t, const T*, T*);                                                  \
  template void sigmoid(std::size_t, const T*, T*);
KERATIN_INSTANTIATE(float)
KERATIN_INSTANTIATE(double)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::kernels
