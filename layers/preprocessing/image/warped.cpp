#include "warped.hpp"

#include <algorithm>
#include <utility>

namespace keratin::inline KERATIN_VARIANT::layers {

using kernels::FillMode;

Sampling sampling_named(const Layer& layer, const std::string& fill_mode,
                        const std::string& interpolation, double fill_value, bool mirror_allowed) {
  const std::array<std::pair<const char*, FillMode>, 5> modes{{{"reflect", FillMode::reflect},
                                                               {"wrap", FillMode::wrap},
                                                               {"constant", FillMode::constant},
                                                               {"nearest", FillMode::nearest},
                                                               {"mirror", FillMode::mirror}}};
  const auto found =
      std::ranges::find_if(modes, [&](const auto& mode) { return mode.first == fill_mode; });
  if (found == modes.end() || (found->second == FillMode::mirror && !mirror_allowed)) {
    layer.refuse("Unknown `fill_mode` ", fill_mode, ". Expected of one ('reflect', 'wrap', ",
                 "'constant', 'nearest'", mirror_allowed ? ", 'mirror'" : "", ").");
  }
  if (interpolation != "nearest" && interpolation != "bilinear") {
    layer.refuse("Unknown `interpolation` ", interpolation,
                 ". Expected of one ('nearest', 'bilinear').");
  }
  return {found->second, fill_value, interpolation == "bilinear"};
}

kernels::WarpSizes warp_sizes(const ImageShape& shape, const Sampling& sampling) {
  return {shape.batch,    shape.height,         shape.width,
          shape.channels, shape.pixel_stride(), shape.channel_stride(),
          sampling.mode,  sampling.fill_value,  sampling.linear};
}

namespace {

kernels::WarpCoordinates coordinates_of(const ImageShape& shape,
                                        const std::vector<Projection>& projections) {
  return [width = shape.width, &projections](std::size_t image, std::size_t row, double* ys,
                                             double* xs) {
    const Projection& t = projections[image];
    const auto y = static_cast<double>(row);
    for (std::size_t column = 0; column < width; ++column) {
      const auto x = static_cast<double>(column);
      const double k = t[6] * x + t[7] * y + 1;
      xs[column] = (t[0] * x + t[1] * y + t[2]) / k;
      ys[column] = (t[3] * x + t[4] * y + t[5]) / k;
    }
  };
}

}  // namespace

Tensor projected(const Tensor& images, const ImageShape& shape,
                 const std::vector<Projection>& projections, const Sampling& sampling) {
  Tensor output = empty(shape_of(images));
  kernels::warp(warp_sizes(shape, sampling), coordinates_of(shape, projections), images.data(),
                output.data());
  return output;
}

Tensor projected_backward(const Tensor& gradient, const ImageShape& shape,
                          const std::vector<Projection>& projections, const Sampling& sampling) {
  Tensor input_gradient = empty(shape_of(gradient));
  kernels::warp_backward(warp_sizes(shape, sampling), coordinates_of(shape, projections),
                         gradient.data(), input_gradient.data());
  return input_gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
