#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "../../../framework/base/basic_tensor.hpp"
#include "../../../framework/base/float16.hpp"

/// Tensors to test functions with.
namespace keratin::test {

/// A tensor with the given elements in order.
template <class T>
BasicTensor<T> tensor_of(const Shape& shape, const std::vector<double>& values) {
  auto tensor = empty_tensor<T>(shape);
  for (std::size_t i = 0; i < tensor.size(); ++i) tensor.data()[i] = static_cast<T>(values.at(i));
  return tensor;
}

/// The element at index i is function(i).
template <class T, class Function>
BasicTensor<T> generated(const Shape& shape, Function function) {
  auto tensor = empty_tensor<T>(shape);
  for (std::size_t i = 0; i < tensor.size(); ++i) tensor.data()[i] = static_cast<T>(function(i));
  return tensor;
}

/// Numbers between -1 and 1 that differ from seed to seed.
template <class T>
BasicTensor<T> noise(const Shape& shape, std::uint64_t seed) {
  std::uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
  return generated<T>(shape, [&](std::size_t) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(state >> 11) * 0x1p-52 - 1;
  });
}

template <class To, class From>
BasicTensor<To> cast(const BasicTensor<From>& tensor) {
  return generated<To>(shape_of(tensor),
                       [&](std::size_t i) { return static_cast<double>(tensor.data()[i]); });
}

/// (batch, height, width, channels) to (batch, channels, height, width).
template <class T>
BasicTensor<T> to_nchw(const BasicTensor<T>& tensor) {
  const Shape s = shape_of(tensor);
  auto result = empty_tensor<T>({s[0], s[3], s[1], s[2]});
  const T* from = tensor.data();
  for (Dim b = 0; b < s[0]; ++b) {
    for (Dim p = 0; p < s[1] * s[2]; ++p) {
      for (Dim c = 0; c < s[3]; ++c) result.data()[(b * s[3] + c) * s[1] * s[2] + p] = *from++;
    }
  }
  return result;
}

/// The inverse of to_nchw.
template <class T>
BasicTensor<T> to_nhwc(const BasicTensor<T>& tensor) {
  const Shape s = shape_of(tensor);
  auto result = empty_tensor<T>({s[0], s[2], s[3], s[1]});
  const T* from = tensor.data();
  for (Dim b = 0; b < s[0]; ++b) {
    for (Dim c = 0; c < s[1]; ++c) {
      for (Dim p = 0; p < s[2] * s[3]; ++p)
        result.data()[(b * s[2] * s[3] + p) * s[1] + c] = *from++;
    }
  }
  return result;
}

template <class A, class B>
double dot(const BasicTensor<A>& a, const BasicTensor<B>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += static_cast<double>(a.data()[i]) * static_cast<double>(b.data()[i]);
  }
  return sum;
}

template <class T>
double largest(const BasicTensor<T>& tensor) {
  double result = 0;
  for (const T value : tensor) result = std::max(result, std::abs(static_cast<double>(value)));
  return result;
}

/// The largest of |actual - expected| - rtol |expected|, which should not be above an absolute
/// tolerance; NaN and another number of elements count as infinite.
template <class A, class B>
double excess(const BasicTensor<A>& actual, const BasicTensor<B>& expected, double rtol) {
  if (actual.size() != expected.size()) return HUGE_VAL;
  double worst = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const auto a = static_cast<double>(actual.data()[i]);
    const auto b = static_cast<double>(expected.data()[i]);
    const double difference = std::abs(a - b) - rtol * std::abs(b);
    worst = difference <= worst ? worst : (difference > worst ? difference : HUGE_VAL);
  }
  return worst;
}

/// Half a unit in the last place, relative.
template <class T>
constexpr double rounding = std::is_same_v<T, double>  ? 0x1p-53
                            : std::is_same_v<T, float> ? 0x1p-24
                            : std::is_same_v<T, half>  ? 0x1p-11
                                                       : 0x1p-8;

}  // namespace keratin::test
