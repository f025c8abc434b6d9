#include "random_hue.hpp"

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomHueOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("factor", factor)("value_range", value_range)("seed", seed);
}

RandomHueLayer::RandomHueLayer(Options options, LayerOptions common)
    : ColourImage(std::move(options), std::move(common)) {
  factors_ = base_factor(*this, options_.factor, 0, 1);
  colours_ = value_range(*this, options_.value_range);
}

double RandomHueLayer::amount(const Draws& draws, std::size_t image) const {
  const double sign = draws(image, 0) > 0.5 ? -1 : 1;
  return sign * factors_.at(draws(image, 1)) * 0.5;
}

template <class T>
Colour<T> RandomHueLayer::changed(Colour<T> rgb, double amount) const {
  const T low(static_cast<real>(colours_.low));
  const T width(static_cast<real>(colours_.high - colours_.low));
  for (T& part : rgb) part = (part - low) / width;
  Colour<T> hsv = rgb_to_hsv(rgb);
  hsv[0] = hsv[0] + T(static_cast<real>(amount));
  rgb = hsv_to_rgb(hsv);
  for (T& part : rgb) {
    if (part < T(0)) part = T(0);
    if (part > T(1)) part = T(1);
    part = part * width + low;
  }
  return rgb;
}

template Colour<real> RandomHueLayer::changed(Colour<real>, double) const;
template Colour<Dual> RandomHueLayer::changed(Colour<Dual>, double) const;

}  // namespace keratin::inline KERATIN_VARIANT::layers
