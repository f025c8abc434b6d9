#include "equalization.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "../../../framework/base/parallel.hpp"
#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// The bin that a colour of 0 to 255 counts in, and the one whose entry it is given: as in Keras,
/// rounding may tell them apart.
std::size_t counted_bin(real colour, std::size_t bins) {
  const real last = static_cast<real>(bins - 1);
  return static_cast<std::size_t>(std::clamp<real>(colour * last / 255, 0, last));
}
std::size_t looked_up_bin(real colour, std::size_t bins) {
  const real last = static_cast<real>(bins - 1);
  return static_cast<std::size_t>(std::clamp<real>(colour / 255 * last, 0, last));
}

/// Calls `work` with each colour of channel `c` in `images`.
template <class Work>
void for_each_colour(Tensor& images, const ImageShape& shape, std::size_t c, const Work& work) {
  for (std::size_t i = 0; i < shape.batch; ++i)
    for (std::size_t p = 0; p < shape.pixels(); ++p)
      work(
          images.data()[i * shape.image() + p * shape.pixel_stride() + c * shape.channel_stride()]);
}

/// What each bin's colours become; empty where all are in one bin, which changes nothing.
std::vector<real> lookup_table(const std::vector<std::size_t>& histogram) {
  const auto is_used = [](std::size_t count) { return count > 0; };
  if (std::ranges::count_if(histogram, is_used) <= 1) return {};
  const std::size_t least = *std::ranges::find_if(histogram, is_used);
  std::size_t total = 0;
  for (const std::size_t count : histogram) total += count;
  std::vector<real> table;
  std::size_t below = 0;
  for (const std::size_t count : histogram) {
    below += count;
    const double part = (static_cast<double>(below) - static_cast<double>(least)) /
                        static_cast<double>(total - least);
    table.push_back(static_cast<real>(std::nearbyint(std::clamp(part * 255, 0.0, 255.0))));
  }
  return table;
}

}  // namespace

void EqualizationOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("bins", bins)("value_range", value_range);
}

EqualizationLayer::EqualizationLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  colours_ = sorted_value_range(*this, options_.value_range);
  if (options_.bins < 2) refuse("`bins` must be at least 2. Received: bins=", options_.bins);
}

std::vector<real> EqualizationLayer::table(Tensor& images, const ImageShape& shape,
                                           std::size_t channel) const {
  std::vector<std::size_t> histogram(static_cast<std::size_t>(options_.bins));
  for_each_colour(images, shape, channel, [&](real colour) {
    ++histogram[counted_bin(moved_to_range(colour, colours_, bytes), histogram.size())];
  });
  return lookup_table(histogram);
}

Tensor EqualizationLayer::augment(const Tensor& images, const ImageShape& shape,
                                  const Random& /*random*/) const {
  Tensor output = images;
  parallel_for(shape.channels, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t c = begin; c < end; ++c) {
      const std::vector<real> entries = table(output, shape, c);
      if (entries.empty()) continue;
      for_each_colour(output, shape, c, [&](real& colour) {
        const real byte = moved_to_range(colour, colours_, bytes);
        colour = moved_to_range(entries[looked_up_bin(byte, entries.size())], bytes, colours_);
      });
    }
  });
  return output;
}

Tensor EqualizationLayer::augment_backward(Tensor gradient, const Tensor& images,
                                           const ImageShape& shape,
                                           const Random& /*random*/) const {
  Tensor colours = images;
  for (std::size_t c = 0; c < shape.channels; ++c) {
    if (!table(colours, shape, c).empty())
      for_each_colour(gradient, shape, c, [](real& value) { value = 0; });
  }
  return gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
