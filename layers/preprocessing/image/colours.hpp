#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "dual.hpp"
#include "random_image.hpp"

// Colours of three channels, as numbers or with their derivatives.
namespace keratin::inline KERATIN_VARIANT::layers {

template <class T>
using Colour = std::array<T, 3>;

/// Hue, saturation and value, the hue from 0 to 1 (keras.ops.image.rgb_to_hsv).
template <class T>
Colour<T> rgb_to_hsv(Colour<T> rgb) {
  for (T& part : rgb) {
    if (std::abs(value_of(part)) < std::numeric_limits<real>::epsilon()) part = T(0);
  }
  const auto& [r, g, b] = rgb;
  const T value = std::max({r, g, b});
  const T range = value - std::min({r, g, b});
  if (!(range > T(0))) return {T(0), T(0), value};
  const T saturation = value > T(0) ? range / value : T(0);
  const T scale = T(1) / (T(6) * range);
  T hue;
  if (value_of(value) == value_of(r)) {
    hue = scale * (g - b);
  } else if (value_of(value) == value_of(g)) {
    hue = scale * (b - r) + T(static_cast<real>(2.0 / 6.0));
  } else {
    hue = scale * (r - g) + T(static_cast<real>(4.0 / 6.0));
  }
  return {hue < T(0) ? hue + T(1) : hue, saturation, value};
}

/// The way back (keras.ops.image.hsv_to_rgb).
template <class T>
Colour<T> hsv_to_rgb(const Colour<T>& hsv) {
  const T &hue = hsv[0], &saturation = hsv[1], &value = hsv[2];
  const T turn = (hue - T(std::floor(value_of(hue)))) * T(6);
  const auto magnitude = [](const T& x) { return x < T(0) ? T(0) - x : x; };
  const auto part = [&](const T& x) {
    const T within = x < T(0) ? T(0) : x > T(1) ? T(1) : x;
    return value * (T(1) - saturation + saturation * within);
  };
  return {part(magnitude(turn - T(3)) - T(1)), part(T(2) - magnitude(turn - T(2))),
          part(T(2) - magnitude(turn - T(4)))};
}

/// The brightness of a colour (keras.ops.image.rgb_to_grayscale).
template <class T>
T grey_of(const Colour<T>& rgb) {
  return rgb[0] * T(real(0.2989)) + rgb[1] * T(real(0.5870)) + rgb[2] * T(real(0.1140));
}

/// Throws ShapeError unless images have three channels or, where `one_allowed`, one.
void check_channels(const Layer& layer, const ImageShape& shape, bool one_allowed);

/// A layer that changes each pixel's colour by itself. `Derived` has
///   template <class T> Colour<T> changed(const Colour<T>& rgb, double amount) const
/// and `amount(draws, image)`, for which two numbers are drawn for each image.
template <class Derived, class Options>
class ColourImage : public RandomImage<Derived, Options> {
 public:
  using RandomImage<Derived, Options>::RandomImage;

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override {
    check_channels(*this, shape, false);
    Tensor output = empty(shape_of(images));
    const Draws draws(random, 2);
    for_each_image(shape, [&](std::size_t i) {
      const double amount = derived().amount(draws, i);
      for (std::size_t p = 0; p < shape.pixels(); ++p) {
        const std::size_t first = i * shape.image() + p * shape.pixel_stride();
        Colour<real> rgb;
        for (std::size_t c = 0; c < 3; ++c)
          rgb[c] = images.data()[first + c * shape.channel_stride()];
        const Colour<real> changed = derived().changed(rgb, amount);
        for (std::size_t c = 0; c < 3; ++c)
          output.data()[first + c * shape.channel_stride()] = changed[c];
      }
    });
    return output;
  }
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override {
    const Draws draws(random, 2);
    for_each_image(shape, [&](std::size_t i) {
      const double amount = derived().amount(draws, i);
      for (std::size_t p = 0; p < shape.pixels(); ++p) {
        const std::size_t first = i * shape.image() + p * shape.pixel_stride();
        Colour<Dual> rgb;
        for (std::size_t c = 0; c < 3; ++c)
          rgb[c] = Dual(images.data()[first + c * shape.channel_stride()], c);
        const Colour<Dual> changed = derived().changed(rgb, amount);
        Colour<real> through{};
        for (std::size_t c = 0; c < 3; ++c) {
          const real g = gradient.data()[first + c * shape.channel_stride()];
          for (std::size_t k = 0; k < 3; ++k) through[k] += g * changed[c].slopes[k];
        }
        for (std::size_t c = 0; c < 3; ++c)
          gradient.data()[first + c * shape.channel_stride()] = through[c];
      }
    });
    return gradient;
  }

 private:
  const Derived& derived() const { return static_cast<const Derived&>(*this); }
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
