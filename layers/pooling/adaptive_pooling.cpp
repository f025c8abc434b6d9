#include "adaptive_pooling.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "../../framework/base/parallel.hpp"
#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

using Sizes = std::array<std::size_t, 3>;

struct AdaptiveSizes {
  std::size_t batch, channels;
  Sizes in, out;

  template <std::size_t Rank>
  AdaptiveSizes(const SpatialShape<Rank>& input, const Extent<Rank>& output)
      : batch(static_cast<std::size_t>(input.batch)),
        channels(static_cast<std::size_t>(input.channels)),
        in(three_axes(input.size)),
        out(three_axes(output.values())) {}

  std::size_t in_size() const { return in[0] * in[1] * in[2] * channels; }
  std::size_t out_size() const { return out[0] * out[1] * out[2] * channels; }
};

/// The inputs that one output is made from.
struct Window {
  Sizes begin, end;
  std::size_t count() const {
    return (end[0] - begin[0]) * (end[1] - begin[1]) * (end[2] - begin[2]);
  }
};

/// Calls body(image, offset of the output's channels in its image, window),
/// image by image from several threads.
template <class Body>
void each_window(const AdaptiveSizes& s, const Body& body) {
  parallel_for(s.batch, 1 + 8192 / (1 + s.in_size()), [&](std::size_t first, std::size_t last) {
    Sizes i;
    for (std::size_t b = first; b < last; ++b) {
      std::size_t offset = 0;
      for (i[0] = 0; i[0] < s.out[0]; ++i[0]) {
        for (i[1] = 0; i[1] < s.out[1]; ++i[1]) {
          for (i[2] = 0; i[2] < s.out[2]; ++i[2], offset += s.channels) {
            Window window;
            for (std::size_t axis = 0; axis < 3; ++axis) {
              window.begin[axis] = i[axis] * s.in[axis] / s.out[axis];
              window.end[axis] = ((i[axis] + 1) * s.in[axis] + s.out[axis] - 1) / s.out[axis];
            }
            body(b, offset, window);
          }
        }
      }
    }
  });
}

/// Calls body(offset of the channels in the image) for each place of the
/// window.
template <class Body>
void each_place(const AdaptiveSizes& s, const Window& window, const Body& body) {
  for (std::size_t z = window.begin[0]; z < window.end[0]; ++z) {
    for (std::size_t y = window.begin[1]; y < window.end[1]; ++y) {
      for (std::size_t x = window.begin[2]; x < window.end[2]; ++x)
        body(((z * s.in[1] + y) * s.in[2] + x) * s.channels);
    }
  }
}

void maximum_forward(const AdaptiveSizes& s, const real* input, real* output) {
  each_window(s, [&](std::size_t b, std::size_t offset, const Window& window) {
    real* y = output + b * s.out_size() + offset;
    std::fill_n(y, s.channels, -std::numeric_limits<real>::infinity());
    each_place(s, window, [&](std::size_t place) {
      const real* x = input + b * s.in_size() + place;
      for (std::size_t c = 0; c < s.channels; ++c) {
        if (x[c] > y[c] || x[c] != x[c]) y[c] = x[c];  // NaN wins
      }
    });
  });
}

/// `input_gradient` is zero. The first of equal largest elements gets the
/// gradient.
void maximum_backward(const AdaptiveSizes& s, const real* input, const real* gradient,
                      real* input_gradient) {
  each_window(s, [&](std::size_t b, std::size_t offset, const Window& window) {
    const real* image = input + b * s.in_size();
    const std::size_t first =
        ((window.begin[0] * s.in[1] + window.begin[1]) * s.in[2] + window.begin[2]) * s.channels;
    for (std::size_t c = 0; c < s.channels; ++c) {
      std::size_t largest = first + c;
      each_place(s, window, [&](std::size_t place) {
        if (image[place + c] > image[largest]) largest = place + c;
      });
      input_gradient[b * s.in_size() + largest] += gradient[b * s.out_size() + offset + c];
    }
  });
}

void average_forward(const AdaptiveSizes& s, const real* input, real* output) {
  each_window(s, [&](std::size_t b, std::size_t offset, const Window& window) {
    real* y = output + b * s.out_size() + offset;
    std::fill_n(y, s.channels, real{0});
    each_place(s, window, [&](std::size_t place) {
      const real* x = input + b * s.in_size() + place;
      for (std::size_t c = 0; c < s.channels; ++c) y[c] += x[c];
    });
    for (std::size_t c = 0; c < s.channels; ++c) y[c] /= static_cast<real>(window.count());
  });
}

/// `input_gradient` is zero.
void average_backward(const AdaptiveSizes& s, const real* gradient, real* input_gradient) {
  each_window(s, [&](std::size_t b, std::size_t offset, const Window& window) {
    const real* dy = gradient + b * s.out_size() + offset;
    const real scale = 1 / static_cast<real>(window.count());
    each_place(s, window, [&](std::size_t place) {
      real* dx = input_gradient + b * s.in_size() + place;
      for (std::size_t c = 0; c < s.channels; ++c) dx[c] += dy[c] * scale;
    });
  });
}

}  // namespace

template <std::size_t Rank>
void AdaptivePoolingOptions<Rank>::describe(Fields& fields) {
  fields("output_size", output_size)("data_format", data_format);
}

template <std::size_t Rank, Pooled How>
AdaptivePoolingLayer<Rank, How>::AdaptivePoolingLayer(AdaptivePoolingOptions<Rank> options,
                                                      LayerOptions common)
    : Base(std::move(options), std::move(common)) {
  check_extent(*this, "output_size", options_.output_size);
  this->set_input_spec({.ndim = Rank + 2});
}

template <std::size_t Rank, Pooled How>
Shape AdaptivePoolingLayer<Rank, How>::compute_output_shape(const Shape& input) const {
  this->check_inputs(Shapes{input});
  SpatialShape<Rank> shape(input, options_.data_format);
  if (std::ranges::find(shape.size, 0) != shape.size.end()) {
    throw ShapeError(concat(this->label(), ": Input spatial dimensions must be at least 1. ",
                            "Received: inputs.shape=", tuple_text(input)));
  }
  shape.size = options_.output_size.values();
  return shape.shape(options_.data_format);
}

template <std::size_t Rank, Pooled How>
Tensor AdaptivePoolingLayer<Rank, How>::forward(const Tensor& input, Context& /*context*/) const {
  const DataFormat format = options_.data_format;
  SpatialShape<Rank> shape(shape_of(input), format);
  const AdaptiveSizes sizes(shape, options_.output_size);
  compute_output_shape(shape_of(input));  // refuses what is empty
  shape.size = options_.output_size.values();
  Tensor output = empty(shape.shape(DataFormat::channels_last));
  if constexpr (How == Pooled::maximum) {
    maximum_forward(sizes, ChannelsLast(input, format).data(), output.data());
  } else {
    average_forward(sizes, ChannelsLast(input, format).data(), output.data());
  }
  return from_channels_last(std::move(output), format);
}

template <std::size_t Rank, Pooled How>
Tensor AdaptivePoolingLayer<Rank, How>::backward(Tensor gradient, Context& context) const {
  if (!context.wants_input_gradient()) return {};
  const DataFormat format = options_.data_format;
  const SpatialShape<Rank> shape(shape_of(context.input()), format);
  const AdaptiveSizes sizes(shape, options_.output_size);
  const ChannelsLast dy(gradient, format);
  Tensor dx = zeros(shape.shape(DataFormat::channels_last));
  if constexpr (How == Pooled::maximum) {
    maximum_backward(sizes, ChannelsLast(context.input(), format).data(), dy.data(), dx.data());
  } else {
    average_backward(sizes, dy.data(), dx.data());
  }
  return from_channels_last(std::move(dx), format);
}

#define KERATIN_INSTANTIATE(Rank)                             \
  template struct AdaptivePoolingOptions<Rank>;               \
  template class AdaptivePoolingLayer<Rank, Pooled::maximum>; \
  template class AdaptivePoolingLayer<Rank, Pooled::average>;
KERATIN_INSTANTIATE(1)
KERATIN_INSTANTIATE(2)
KERATIN_INSTANTIATE(3)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::inline KERATIN_VARIANT::layers
