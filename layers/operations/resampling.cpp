#include <nlohmann/json.hpp>

#include "../../framework/axis_sizes.hpp"
#include "../../framework/base/error.hpp"
#include "../../framework/kernels/resample.hpp"
#include "../../framework/layer.hpp"
#include "../../framework/spatial.hpp"
#include "unary.hpp"

namespace keratin::inline KERATIN_VARIANT::layers::operations {
namespace {

using kernels::Interpolation;
using kernels::Resampling;

Interpolation interpolation_of(const std::string& name) {
  static const std::map<std::string, Interpolation> names = {{"nearest", Interpolation::nearest},
                                                             {"bilinear", Interpolation::bilinear},
                                                             {"bicubic", Interpolation::bicubic},
                                                             {"lanczos3", Interpolation::lanczos3},
                                                             {"lanczos5", Interpolation::lanczos5}};
  const auto found = names.find(name);
  if (found == names.end())
    throw ValueError(concat(
        "Invalid `interpolation` argument. Expected one of ['bicubic', ",
        "'bilinear', 'lanczos3', 'lanczos5', 'nearest']. Received: ", "interpolation=", name));
  return found->second;
}

/// keras.ops.image.resize
class Resize final : public Unary {
 public:
  explicit Resize(const Json& arguments)
      : size_(integers(arguments, "size")),
        interpolation_(
            interpolation_of(argument(arguments, "interpolation", std::string("bilinear")))),
        antialias_(argument(arguments, "antialias", false)),
        channels_first_(argument(arguments, "data_format",
                                 std::string(image_data_format().name())) == "channels_first") {
    if (size_.size() != 2 || size_[0] < 1 || size_[1] < 1 || size_[0] > most || size_[1] > most)
      throw ValueError(
          concat("Expected `size` to be a tuple of 2 integers. Received: size=", size_));
    for (const char* key : {"crop_to_aspect_ratio", "pad_to_aspect_ratio"}) {
      if (argument(arguments, key, false))
        throw ValueError(concat("`", key, "`=True is not supported here: use a Resizing layer"));
    }
  }
  Shape output_shape(const Shape& x) const override {
    if (x.size() != 3 && x.size() != 4) {
      throw ShapeError(
          concat("Invalid images rank: expected rank 3 (single image) or rank 4 ",
                 "(batch of images). Received input with shape: images.shape=", tuple_text(x)));
    }
    Shape shape = x;
    shape[rows(x.size())] = size_[0];
    shape[rows(x.size()) + 1] = size_[1];
    return shape;
  }
  Tensor compute(const Tensor& x) const override {
    const std::size_t axis = rows(x.dimension());
    return along(along(x, axis, size_[0]), axis + 1, size_[1]);
  }
  Tensor gradient(const Tensor& x, const Tensor&, Tensor dy) const override {
    const std::size_t axis = rows(x.dimension());
    const Shape shape = shape_of(x);
    return back(back(dy, axis + 1, shape[axis + 1]), axis, shape[axis]);
  }

 private:
  static constexpr Dim most = 1 << 20;
  std::size_t rows(std::size_t rank) const { return rank - (channels_first_ ? 2 : 3); }
  Resampling resampling(Dim in, Dim out) const {
    return Resampling(interpolation_, static_cast<std::size_t>(in), static_cast<std::size_t>(out),
                      antialias_);
  }
  Tensor along(const Tensor& x, std::size_t axis, Dim out) const {
    Shape shape = shape_of(x);
    const AxisSizes sizes(shape, axis);
    const Resampling weights = resampling(shape[axis], out);
    shape[axis] = out;
    Tensor y = empty(shape);
    kernels::resample<real>(weights, sizes.outer, sizes.inner, x.data(), y.data());
    return y;
  }
  Tensor back(const Tensor& dy, std::size_t axis, Dim in) const {
    Shape shape = shape_of(dy);
    const AxisSizes sizes(shape, axis);
    const Resampling weights = resampling(in, shape[axis]);
    shape[axis] = in;
    Tensor dx = empty(shape);
    kernels::resample_backward<real>(weights, sizes.outer, sizes.inner, dy.data(), dx.data());
    return dx;
  }

  std::vector<Dim> size_;
  Interpolation interpolation_;
  bool antialias_, channels_first_;
};

}  // namespace

void add_resampling(Catalogue& catalogue) {
  catalogue["Resize"] = {"image",
                         {"images"},
                         {"size", "interpolation", "antialias", "crop_to_aspect_ratio",
                          "pad_to_aspect_ratio", "fill_mode", "fill_value", "data_format"},
                         [](const Json& arguments) { return std::make_unique<Resize>(arguments); }};
}

}  // namespace keratin::inline KERATIN_VARIANT::layers::operations
