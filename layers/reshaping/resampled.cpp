#include "resampled.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace keratin::inline KERATIN_VARIANT::layers {

using kernels::Interpolation;
using kernels::Resampling;

namespace {

/// A tensor's sizes before and after an axis, and its shape with another size there.
struct Around {
  std::size_t outer = 1, inner = 1;
  Shape shape;

  Around(const Tensor& tensor, std::size_t axis, std::size_t size) : shape(shape_of(tensor)) {
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (i < axis) outer *= static_cast<std::size_t>(shape[i]);
      if (i > axis) inner *= static_cast<std::size_t>(shape[i]);
    }
    shape[axis] = static_cast<Dim>(size);
  }
};

}  // namespace

Interpolation interpolation_named(const Layer& layer, std::string& name, bool area_allowed) {
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::array<std::pair<const char*, Interpolation>, 6> names{
      {{"nearest", Interpolation::nearest},
       {"bilinear", Interpolation::bilinear},
       {"bicubic", Interpolation::bicubic},
       {"lanczos3", Interpolation::lanczos3},
       {"lanczos5", Interpolation::lanczos5},
       {"area", Interpolation::area}}};
  const auto found =
      std::ranges::find_if(names, [&](const auto& entry) { return entry.first == name; });
  if (found == names.end() || (found->second == Interpolation::area && !area_allowed)) {
    layer.refuse("The `interpolation` argument must be one of {'nearest', 'bilinear', 'bicubic', ",
                 "'lanczos3', 'lanczos5'", area_allowed ? ", 'area'" : "",
                 "}. Received: interpolation=", name);
  }
  return found->second;
}

Tensor resampled(const Tensor& input, std::size_t axis, const Resampling& resampling) {
  const Around around(input, axis, resampling.out());
  Tensor output = empty(around.shape);
  kernels::resample(resampling, around.outer, around.inner, input.data(), output.data());
  return output;
}

Tensor resampled_backward(const Tensor& gradient, std::size_t axis, const Resampling& resampling) {
  const Around around(gradient, axis, resampling.in());
  Tensor input_gradient = empty(around.shape);
  kernels::resample_backward(resampling, around.outer, around.inner, gradient.data(),
                             input_gradient.data());
  return input_gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
