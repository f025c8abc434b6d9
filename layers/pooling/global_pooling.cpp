#include "global_pooling.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "../../framework/base/parallel.hpp"
#include "../../framework/fields_impl.hpp"
#include "../../framework/kernels/elementwise.hpp"
#include "../../framework/prepared/operation.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// An input as batch x places x channels, in either order of the last two.
struct Places {
  std::size_t batch, places, channels;
  bool channels_last;

  template <std::size_t Rank>
  Places(const SpatialShape<Rank>& shape, DataFormat format)
      : batch(static_cast<std::size_t>(shape.batch)),
        places(shape.pixels()),
        channels(static_cast<std::size_t>(shape.channels)),
        channels_last(format == DataFormat::channels_last) {}

  /// Calls body(b, offset of image b) for all images, from several threads.
  template <class Body>
  void each_image(const Body& body) const {
    const std::size_t size = places * channels;
    parallel_for(batch, 1 + 16384 / (1 + size), [&](std::size_t begin, std::size_t end) {
      for (std::size_t b = begin; b < end; ++b) body(b, b * size);
    });
  }

  /// Calls body(offset in the image, place, channel) for all elements, along the memory.
  template <class Body>
  void each_element(const Body& body) const {
    if (channels_last) {
      for (std::size_t p = 0; p < places; ++p) {
        for (std::size_t c = 0; c < channels; ++c) body(p * channels + c, p, c);
      }
    } else {
      for (std::size_t c = 0; c < channels; ++c) {
        for (std::size_t p = 0; p < places; ++p) body(c * places + p, p, c);
      }
    }
  }
};

void maximum_forward(const Places& s, const real* input, real* output) {
  s.each_image([&](std::size_t b, std::size_t offset) {
    const real* x = input + offset;
    real* y = output + b * s.channels;
    std::fill_n(y, s.channels, -std::numeric_limits<real>::infinity());
    s.each_element([&](std::size_t i, std::size_t, std::size_t c) {
      if (x[i] > y[c] || x[i] != x[i]) y[c] = x[i];  // NaN wins
    });
  });
}

void maximum_backward(const Places& s, const Tensor& input, const Tensor& output,
                      const Tensor& gradient, Tensor& input_gradient) {
  s.each_image([&](std::size_t b, std::size_t offset) {
    const real* x = input.data() + offset;
    const real* y = output.data() + b * s.channels;
    std::vector<real> share(s.channels, 0);
    s.each_element([&](std::size_t i, std::size_t, std::size_t c) { share[c] += x[i] == y[c]; });
    for (std::size_t c = 0; c < s.channels; ++c)
      share[c] = gradient.data()[b * s.channels + c] / share[c];
    real* dx = input_gradient.data() + offset;
    s.each_element(
        [&](std::size_t i, std::size_t, std::size_t c) { dx[i] = x[i] == y[c] ? share[c] : 0; });
  });
}

/// How much place p of an image counts: all the same without a mask.
struct Weights {
  const real* mask;
  std::size_t places;
  real operator[](std::size_t p) const { return mask ? mask[p] : 1; }
  real total() const {
    real sum = mask ? 0 : static_cast<real>(places);
    for (std::size_t p = 0; mask && p < places; ++p) sum += mask[p];
    return sum;
  }
};

void average_forward(const Places& s, const real* input, const Tensor* mask, real* output) {
  s.each_image([&](std::size_t b, std::size_t offset) {
    const real* x = input + offset;
    real* y = output + b * s.channels;
    if (s.channels_last && !mask) {
      kernels::column_sums(s.places, s.channels, x, y);
      for (std::size_t c = 0; c < s.channels; ++c) y[c] /= static_cast<real>(s.places);
      return;
    }
    const Weights weights{mask ? mask->data() + b * s.places : nullptr, s.places};
    std::vector<double> sums(s.channels, 0);
    s.each_element([&](std::size_t i, std::size_t p, std::size_t c) {
      sums[c] += static_cast<double>(x[i] * weights[p]);
    });
    const auto total = static_cast<double>(weights.total());
    for (std::size_t c = 0; c < s.channels; ++c) y[c] = static_cast<real>(sums[c] / total);
  });
}

void average_backward(const Places& s, const Tensor& gradient, const Tensor* mask,
                      Tensor& input_gradient) {
  s.each_image([&](std::size_t b, std::size_t offset) {
    const Weights weights{mask ? mask->data() + b * s.places : nullptr, s.places};
    const real* dy = gradient.data() + b * s.channels;
    real* dx = input_gradient.data() + offset;
    const real scale = 1 / weights.total();
    if (s.channels_last && !mask) {
      for (std::size_t c = 0; c < s.channels && s.places > 0; ++c) dx[c] = dy[c] * scale;
      for (std::size_t p = 1; p < s.places; ++p) std::copy_n(dx, s.channels, dx + p * s.channels);
      return;
    }
    s.each_element(
        [&](std::size_t i, std::size_t p, std::size_t c) { dx[i] = dy[c] * (weights[p] * scale); });
  });
}

}  // namespace

template <std::size_t Rank, Pooled How>
void GlobalPoolingOptions<Rank, How>::describe(Fields& fields) {
  fields("data_format", data_format)("keepdims", keepdims);
}

template <std::size_t Rank, Pooled How>
GlobalPoolingLayer<Rank, How>::GlobalPoolingLayer(GlobalPoolingOptions<Rank, How> options,
                                                  LayerOptions common)
    : Base(std::move(options), std::move(common)) {
  this->set_input_spec({.ndim = Rank + 2});
}

template <std::size_t Rank, Pooled How>
Shape GlobalPoolingLayer<Rank, How>::compute_output_shape(const Shape& input) const {
  this->check_inputs(Shapes{input});
  SpatialShape<Rank> shape(input, options_.data_format);
  if (!options_.keepdims) return {shape.batch, shape.channels};
  shape.size.fill(1);
  return shape.shape(options_.data_format);
}

template <std::size_t Rank, Pooled How>
Tensor GlobalPoolingLayer<Rank, How>::forward(const Tensor& input, Context& context) const {
  const Shape shape = shape_of(input);
  const Places places(SpatialShape<Rank>(shape, options_.data_format), options_.data_format);
  Tensor output = empty(compute_output_shape(shape));
  if constexpr (How == Pooled::maximum) {
    maximum_forward(places, input.data(), output.data());
  } else {
    average_forward(places, input.data(), Rank == 1 ? context.mask() : nullptr, output.data());
  }
  return output;
}

template <std::size_t Rank, Pooled How>
std::shared_ptr<prepared::Operation> GlobalPoolingLayer<Rank, How>::prepare(
    const Shapes& /*inputs*/) const {
  return std::make_shared<prepared::Computation>([this](const Shapes& inputs) {
    prepared::Bound bound{compute_output_shape(inputs[0])};
    const Places places(SpatialShape<Rank>(inputs[0], options_.data_format), options_.data_format);
    bound.run = [places](const real* const* x, real* y) {
      if constexpr (How == Pooled::maximum) {
        maximum_forward(places, x[0], y);
      } else {
        average_forward(places, x[0], nullptr, y);
      }
    };
    return bound;
  });
}

template <std::size_t Rank, Pooled How>
Tensor GlobalPoolingLayer<Rank, How>::backward(Tensor gradient, Context& context) const {
  if (!context.wants_input_gradient()) return {};
  const Shape shape = shape_of(context.input());
  const Places places(SpatialShape<Rank>(shape, options_.data_format), options_.data_format);
  Tensor input_gradient = empty(shape);
  if constexpr (How == Pooled::maximum) {
    maximum_backward(places, context.input(), context.output(), gradient, input_gradient);
  } else {
    average_backward(places, gradient, Rank == 1 ? context.mask() : nullptr, input_gradient);
  }
  return input_gradient;
}

#define KERATIN_INSTANTIATE(Rank)                              \
  template struct GlobalPoolingOptions<Rank, Pooled::maximum>; \
  template struct GlobalPoolingOptions<Rank, Pooled::average>; \
  template class GlobalPoolingLayer<Rank, Pooled::maximum>;    \
  template class GlobalPoolingLayer<Rank, Pooled::average>;
KERATIN_INSTANTIATE(1)
KERATIN_INSTANTIATE(2)
KERATIN_INSTANTIATE(3)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::inline KERATIN_VARIANT::layers
