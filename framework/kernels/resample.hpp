#pragma once

#include <cstddef>
#include <vector>

namespace keratin::kernels {

enum class Interpolation { nearest, bilinear, bicubic, lanczos3, lanczos5, area };

/// How the places of an axis are mixed to make those of a longer or shorter one. Places are at
/// half integers, output i at (i + 0.5) in / out; weights of inputs that do not exist go to the
/// others (jax.image.scale_and_translate). bicubic is Keys's, a = -0.5. area is the mean of what an
/// output covers (tf.image.ResizeMethod.AREA).
class Resampling {
 public:
  /// With `antialias`, a shorter axis is made from all inputs that its places cover.
  Resampling(Interpolation interpolation, std::size_t in, std::size_t out, bool antialias = false);

  std::size_t in() const { return in_; }
  std::size_t out() const { return first_.size(); }
  /// Output i is the sum over t < taps() of weight(i, t) input(first(i) + t).
  std::size_t taps() const { return taps_; }
  std::size_t first(std::size_t i) const { return first_[i]; }
  double weight(std::size_t i, std::size_t t) const { return weights_[i * taps_ + t]; }

 private:
  void cover_areas();

  std::size_t in_, taps_ = 1;
  std::vector<std::size_t> first_;
  std::vector<double> weights_;
};

/// y(o, i, c) = sum over t of weight(i, t) x(o, first(i) + t, c), for o < outer and c < inner.
template <class T>
void resample(const Resampling& resampling, std::size_t outer, std::size_t inner, const T* x, T* y);
/// The gradient to x, given that to y; overwrites dx.
template <class T>
void resample_backward(const Resampling& resampling, std::size_t outer, std::size_t inner,
                       const T* dy, T* dx);

}  // namespace keratin::kernels
