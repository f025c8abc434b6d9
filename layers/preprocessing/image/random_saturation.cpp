#include "random_saturation.hpp"

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomSaturationOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("factor", factor)("value_range", value_range)("seed", seed);
}

RandomSaturationLayer::RandomSaturationLayer(Options options, LayerOptions common)
    : ColourImage(std::move(options), std::move(common)) {
  factors_ = base_factor(*this, options_.factor, -1, 1);
  saturations_ = sorted_value_range(*this, options_.value_range);
}

double RandomSaturationLayer::amount(const Draws& draws, std::size_t image) const {
  const double factor = factors_.at(draws(image));
  // keras.config.epsilon() keeps it finite.
  return factor / (1 - factor + 1e-7);
}

template <class T>
Colour<T> RandomSaturationLayer::changed(const Colour<T>& rgb, double amount) const {
  Colour<T> hsv = rgb_to_hsv(rgb);
  const T low(static_cast<real>(saturations_.low)), high(static_cast<real>(saturations_.high));
  hsv[1] = hsv[1] * T(static_cast<real>(amount));
  if (hsv[1] < low) hsv[1] = low;
  if (hsv[1] > high) hsv[1] = high;
  return hsv_to_rgb(hsv);
}

template Colour<real> RandomSaturationLayer::changed(const Colour<real>&, double) const;
template Colour<Dual> RandomSaturationLayer::changed(const Colour<Dual>&, double) const;

}  // namespace keratin::inline KERATIN_VARIANT::layers
