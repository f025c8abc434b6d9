#include "nasnet.hpp"

#include <optional>
#include <utility>

#include "../layers/convolutional/conv.hpp"
#include "../layers/convolutional/separable_conv.hpp"
#include "../layers/merging/concatenate.hpp"
#include "../layers/merging/elementwise.hpp"
#include "../layers/pooling/pooling.hpp"
#include "../layers/reshaping/cropping.hpp"
#include "application.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {
namespace {

using namespace layers;

/// The output of a cell, and that of the one before, which the next cell also reads.
struct Path {
  SymbolicTensor x;
  std::optional<SymbolicTensor> previous;
};

SymbolicTensor normalize(const SymbolicTensor& x, std::string name) {
  return batch_normalization(x, {.momentum = 0.9997}, std::move(name));
}

SymbolicTensor pointwise(const SymbolicTensor& x, Dim filters, std::string name) {
  return Conv2D({.filters = filters,
                 .kernel_size = 1,
                 .padding = Padding::same,
                 .use_bias = false,
                 .kernel_initializer = "he_normal"},
                {.name = std::move(name)})(x);
}

SymbolicTensor average_of_3(const SymbolicTensor& x, std::string name) {
  return AveragePooling2D({.pool_size = 3, .strides = 1, .padding = Padding::same},
                          {.name = std::move(name)})(x);
}

SymbolicTensor add(const SymbolicTensor& a, const SymbolicTensor& b, std::string name = {}) {
  return Add({}, {.name = std::move(name)})({a, b});
}

/// Twice relu, separable convolution and normalization; the first has the strides.
SymbolicTensor separable_block(SymbolicTensor x, Dim filters, Dim kernel_size, Dim strides,
                               const std::string& id) {
  const auto convolve = [&](int number, Dim step, Padding padding) {
    const std::string prefix = concat("separable_conv_", number, "_");
    x = SeparableConv2D({.filters = filters,
                         .kernel_size = kernel_size,
                         .strides = step,
                         .padding = padding,
                         .use_bias = false},
                        {.name = prefix + id})(x);
    x = normalize(x, prefix + "bn_" + id);
  };
  x = activate(x, "relu");
  if (strides == 2) x = zero_pad(x, correct_pad(x, kernel_size), "separable_conv_1_pad_" + id);
  convolve(1, strides, strides == 2 ? Padding::valid : Padding::same);
  x = activate(x, "relu");
  convolve(2, 1, Padding::same);
  return x;
}

/// Every second place of `x`, in a convolution of its own.
SymbolicTensor halved(const SymbolicTensor& x, Dim filters, int number, const std::string& id) {
  const SymbolicTensor places = AveragePooling2D(
      {.pool_size = 1, .strides = 2}, {.name = concat("adjust_avg_pool_", number, "_", id)})(x);
  return pointwise(places, filters, concat("adjust_conv_", number, "_", id));
}

/// `previous` in the size and with the channels that the cell of `x` works with.
SymbolicTensor adjust(const std::optional<SymbolicTensor>& previous, const SymbolicTensor& x,
                      Dim filters, const std::string& id) {
  if (!previous) return x;
  SymbolicTensor p = *previous;
  if (size_of(p).second != size_of(x).second) {
    p = activate(p, "relu", "adjust_relu_1_" + id);
    const SymbolicTensor even = halved(p, filters / 2, 1, id);
    constexpr Margins<2>::Ends after{0, 1}, before{1, 0};
    SymbolicTensor shifted = zero_pad(p, {after, after});
    shifted = Cropping2D({.cropping = {before, before}})(shifted);
    const SymbolicTensor odd = halved(shifted, filters / 2, 2, id);
    return normalize(Concatenate({.axis = -1})({even, odd}), "adjust_bn_" + id);
  }
  if (channels_of(p) == filters) return p;
  p = pointwise(activate(p, "relu"), filters, "adjust_conv_projection_" + id);
  return normalize(p, "adjust_bn_" + id);
}

Path normal_cell(const Path& path, Dim filters, const std::string& id) {
  const SymbolicTensor p = adjust(path.previous, path.x, filters, id);
  SymbolicTensor h = activate(path.x, "relu");
  h = normalize(pointwise(h, filters, "normal_conv_1_" + id), "normal_bn_1_" + id);
  const auto separable = [&](const SymbolicTensor& x, Dim kernel_size, const char* place) {
    return separable_block(x, filters, kernel_size, 1, concat("normal_", place, "_", id));
  };
  const SymbolicTensor left1 = separable(h, 5, "left1");
  const SymbolicTensor right1 = separable(p, 3, "right1");
  const SymbolicTensor x1 = add(left1, right1, "normal_add_1_" + id);
  const SymbolicTensor left2 = separable(p, 5, "left2");
  const SymbolicTensor right2 = separable(p, 3, "right2");
  const SymbolicTensor x2 = add(left2, right2, "normal_add_2_" + id);
  const SymbolicTensor x3 = add(average_of_3(h, "normal_left3_" + id), p, "normal_add_3_" + id);
  const SymbolicTensor left4 = average_of_3(p, "normal_left4_" + id);
  const SymbolicTensor right4 = average_of_3(p, "normal_right4_" + id);
  const SymbolicTensor x4 = add(left4, right4, "normal_add_4_" + id);
  const SymbolicTensor x5 = add(separable(h, 3, "left5"), h, "normal_add_5_" + id);
  return {Concatenate({.axis = -1}, {.name = "normal_concat_" + id})({p, x1, x2, x3, x4, x5}),
          path.x};
}

Path reduction_cell(const Path& path, Dim filters, const std::string& id) {
  const SymbolicTensor p = adjust(path.previous, path.x, filters, id);
  SymbolicTensor h = activate(path.x, "relu");
  h = normalize(pointwise(h, filters, "reduction_conv_1_" + id), "reduction_bn_1_" + id);
  const SymbolicTensor padded = zero_pad(h, correct_pad(h, 3), "reduction_pad_1_" + id);
  const auto separable = [&](const SymbolicTensor& x, Dim kernel_size, Dim strides,
                             const char* place) {
    return separable_block(x, filters, kernel_size, strides, concat("reduction_", place, "_", id));
  };
  const auto largest = [&](const char* place) {
    return MaxPooling2D({.pool_size = 3, .strides = 2},
                        {.name = concat("reduction_", place, "_", id)})(padded);
  };
  const SymbolicTensor left1 = separable(h, 5, 2, "left1");
  const SymbolicTensor right1 = separable(p, 7, 2, "right1");
  const SymbolicTensor x1 = add(left1, right1, "reduction_add_1_" + id);
  const SymbolicTensor left2 = largest("left2");
  const SymbolicTensor right2 = separable(p, 7, 2, "right2");
  const SymbolicTensor x2 = add(left2, right2, "reduction_add_2_" + id);
  const SymbolicTensor left3 =
      AveragePooling2D({.pool_size = 3, .strides = 2}, {.name = "reduction_left3_" + id})(padded);
  const SymbolicTensor right3 = separable(p, 5, 2, "right3");
  const SymbolicTensor x3 = add(left3, right3, "reduction_add3_" + id);
  const SymbolicTensor x4 = add(x2, average_of_3(x1, "reduction_left4_" + id));
  const SymbolicTensor left5 = separable(x1, 3, 1, "left4");
  const SymbolicTensor x5 = add(left5, largest("right5"), "reduction_add4_" + id);
  return {Concatenate({.axis = -1}, {.name = "reduction_concat_" + id})({x2, x3, x4, x5}), path.x};
}

struct Variant {
  Dim penultimate_filters;
  int blocks;
  Dim stem_filters;
  /// Whether the cell behind a reduction reads past it.
  bool skips_reduction;
  Dim size;
};

Model nasnet(std::string_view network, const Variant& variant, const ApplicationOptions& options) {
  refuse_channels_first("NASNet");
  Application application(network, options);
  constexpr Dim widening = 2;
  const SymbolicTensor image = application.input(variant.size, 32);
  Dim filters = variant.penultimate_filters / 24;
  SymbolicTensor stem = Conv2D({.filters = variant.stem_filters,
                                .kernel_size = 3,
                                .strides = 2,
                                .use_bias = false,
                                .kernel_initializer = "he_normal"},
                               {.name = "stem_conv1"})(image);
  Path path{normalize(stem, "stem_bn1"), {}};
  path = reduction_cell(path, filters / (widening * widening), "stem_1");
  path = reduction_cell(path, filters / widening, "stem_2");
  for (int stage = 0; stage < 3; ++stage) {
    if (stage > 0) {
      filters *= widening;
      const auto before = path.previous;
      path = reduction_cell(path, filters, concat("reduce_", stage * variant.blocks));
      if (variant.skips_reduction) path.previous = before;
    }
    const int first = stage * variant.blocks + (stage > 0 ? 1 : 0);
    for (int i = 0; i < variant.blocks; ++i)
      path = normal_cell(path, filters, std::to_string(first + i));
  }
  const SymbolicTensor x = activate(path.x, "relu");
  return application.model(application.top(x, false), "NASNet");
}

}  // namespace

Model NASNetMobile(const ApplicationOptions& options) {
  ApplicationOptions with_shape = options;
  if (!options.include_top && options.input_shape.empty()) with_shape.input_shape = {224, 224, 3};
  return nasnet("NASNetMobile", {1056, 4, 32, false, 224}, with_shape);
}
Model NASNetLarge(const ApplicationOptions& options) {
  return nasnet("NASNetLarge", {4032, 6, 96, true, 331}, options);
}

}  // namespace keratin::inline KERATIN_VARIANT::applications
