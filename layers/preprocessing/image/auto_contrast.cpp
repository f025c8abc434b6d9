#include "auto_contrast.hpp"

#include <algorithm>

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

struct Extremes {
  real low, high;
};

/// Calls `work` with the first place of each channel, how many places follow, each `channels` on,
/// and the channel's extremes.
template <class Work>
void for_each_channel(const ImageShape& shape, const Tensor& images, const Work& work) {
  for_each_image(shape, [&](std::size_t image) {
    for (std::size_t c = 0; c < shape.channels; ++c) {
      const std::size_t begin = image * shape.image() + c;
      const real* const x = images.data() + begin;
      if (shape.pixels() == 0) continue;
      Extremes extremes{x[0], x[0]};
      for (std::size_t p = 0; p < shape.pixels(); ++p) {
        extremes.low = std::min(extremes.low, x[p * shape.channels]);
        extremes.high = std::max(extremes.high, x[p * shape.channels]);
      }
      work(begin, extremes);
    }
  });
}

}  // namespace

void AutoContrastOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("value_range", value_range);
}

AutoContrastLayer::AutoContrastLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  colours_ = sorted_value_range(*this, options_.value_range);
}

Tensor AutoContrastLayer::forward(const Tensor& input, Context& context) const {
  return augment(input, ImageShape(*this, shape_of(input), data_format()), context.random(seed_));
}

Tensor AutoContrastLayer::backward(Tensor gradient, Context& context) const {
  const ImageShape shape(*this, shape_of(context.input()), data_format());
  return augment_backward(std::move(gradient), context.input(), shape, context.random(seed_));
}

Tensor AutoContrastLayer::augment(const Tensor& images, const ImageShape& /*shape*/,
                                  const Random& /*random*/) const {
  // The last axis is taken for the channels, whatever the format.
  const ImageShape shape(*this, shape_of(images), DataFormat::channels_last);
  Tensor output = empty(shape_of(images));
  for_each_channel(shape, images, [&](std::size_t begin, const Extremes& extremes) {
    const real* const x = images.data() + begin;
    real* const y = output.data() + begin;
    const Range present{static_cast<double>(extremes.low), static_cast<double>(extremes.high)};
    for (std::size_t p = 0; p < shape.pixels(); ++p) {
      const std::size_t k = p * shape.channels;
      y[k] = extremes.low == extremes.high ? x[k] : moved_to_range(x[k], present, colours_);
    }
  });
  return output;
}

Tensor AutoContrastLayer::augment_backward(Tensor gradient, const Tensor& images,
                                           const ImageShape& /*shape*/,
                                           const Random& /*random*/) const {
  const ImageShape shape(*this, shape_of(images), DataFormat::channels_last);
  for_each_channel(shape, images, [&](std::size_t begin, const Extremes& extremes) {
    if (extremes.low == extremes.high) return;
    const real* const x = images.data() + begin;
    real* const g = gradient.data() + begin;
    const real width = extremes.high - extremes.low;
    const real scale = static_cast<real>(colours_.high - colours_.low) / width;
    // What comes through the extremes is shared by all pixels that have them.
    real to_low = 0, to_high = 0, lows = 0, highs = 0;
    for (std::size_t p = 0; p < shape.pixels(); ++p) {
      const std::size_t k = p * shape.channels;
      const real part = (x[k] - extremes.low) / width;
      to_low -= g[k] * (1 - part);
      to_high -= g[k] * part;
      lows += x[k] == extremes.low ? 1 : 0;
      highs += x[k] == extremes.high ? 1 : 0;
    }
    for (std::size_t p = 0; p < shape.pixels(); ++p) {
      const std::size_t k = p * shape.channels;
      if (x[k] == extremes.low) g[k] += to_low / lows;
      if (x[k] == extremes.high) g[k] += to_high / highs;
      g[k] *= scale;
    }
  });
  return gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
