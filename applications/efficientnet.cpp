#include "efficientnet.hpp"

#include <algorithm>
#include <cmath>

#include "../layers/convolutional/conv.hpp"
#include "../layers/convolutional/depthwise_conv.hpp"
#include "../layers/preprocessing/normalization.hpp"
#include "../layers/preprocessing/rescaling.hpp"
#include "efficient_blocks.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {
namespace {

using namespace layers;

struct Scale {
  double width;
  double depth;
  Dim size;
  double dropout;
};

struct Stage {
  Dim kernel_size;
  int repeats;
  Dim filters_in;
  Dim filters_out;
  Dim expand_ratio;
  Dim strides;
};

constexpr Stage stages[] = {{3, 1, 32, 16, 1, 1},  {3, 2, 16, 24, 6, 2},  {5, 2, 24, 40, 6, 2},
                            {3, 3, 40, 80, 6, 2},  {5, 3, 80, 112, 6, 1}, {5, 4, 112, 192, 6, 2},
                            {3, 1, 192, 320, 6, 1}};

constexpr Normalized normalized = {.axis = 3};

SymbolicTensor normalized_silu(const SymbolicTensor& x, const std::string& prefix) {
  return activate(batch_normalization(x, normalized, prefix + "bn"), "silu", prefix + "activation");
}

SymbolicTensor add_block(const SymbolicTensor& input, const Stage& block, double drop_rate,
                         const std::string& prefix) {
  SymbolicTensor x = input;
  if (block.expand_ratio != 1) {
    x = efficient_pointwise(x, block.filters_in * block.expand_ratio, prefix + "expand_conv");
    x = normalized_silu(x, prefix + "expand_");
  }
  if (block.strides == 2) x = zero_pad(x, correct_pad(x, block.kernel_size), prefix + "dwconv_pad");
  x = DepthwiseConv2D({.kernel_size = block.kernel_size,
                       .strides = block.strides,
                       .padding = block.strides == 2 ? Padding::valid : Padding::same,
                       .use_bias = false,
                       .depthwise_initializer = efficient_initializer()},
                      {.name = prefix + "dwconv"})(x);
  x = normalized_silu(x, prefix);
  x = squeeze_and_excite(x, std::max<Dim>(1, block.filters_in / 4), prefix);
  x = efficient_pointwise(x, block.filters_out, prefix + "project_conv");
  x = batch_normalization(x, normalized, prefix + "project_bn");
  if (block.strides != 1 || block.filters_in != block.filters_out) return x;
  return add_with_drop(x, input, drop_rate, prefix);
}

SymbolicTensor add_blocks(SymbolicTensor x, const Scale& scale) {
  const auto repeats = [&](const Stage& stage) {
    return static_cast<int>(std::ceil(scale.depth * stage.repeats));
  };
  const auto filters = [&](Dim count) {
    return make_divisible(static_cast<double>(count) * scale.width);
  };
  int total = 0, number = 0;
  for (const Stage& stage : stages) total += repeats(stage);
  for (std::size_t i = 0; i < std::size(stages); ++i) {
    Stage block = stages[i];
    block.filters_in = filters(block.filters_in);
    block.filters_out = filters(block.filters_out);
    for (int k = 0; k < repeats(stages[i]); ++k) {
      const double drop_rate = 0.2 * number++ / total;
      x = add_block(x, block, drop_rate, concat("block", i + 1, static_cast<char>('a' + k), "_"));
      block.strides = 1;
      block.filters_in = block.filters_out;
    }
  }
  return x;
}

Model efficientnet(std::string_view network, const std::string& name, const Scale& scale,
                   const ApplicationOptions& options) {
  Application application(network, options);
  SymbolicTensor x = application.input(scale.size, 32);
  x = Rescaling({.scale = 1.0 / 255})(x);
  x = Normalization({.axis = channel_axis_or(3)})(x);
  x = zero_pad(x, correct_pad(x, 3), "stem_conv_pad");
  x = Conv2D({.filters = make_divisible(32 * scale.width),
              .kernel_size = 3,
              .strides = 2,
              .use_bias = false,
              .kernel_initializer = efficient_initializer()},
             {.name = "stem_conv"})(x);
  x = normalized_silu(x, "stem_");
  x = add_blocks(x, scale);
  x = efficient_pointwise(x, make_divisible(1280 * scale.width), "top_conv");
  x = normalized_silu(x, "top_");
  return application.model(efficient_top(application, x, scale.dropout), name);
}

}  // namespace

Model EfficientNetB0(const ApplicationOptions& options) {
  return efficientnet("EfficientNetB0", "efficientnetb0", {1.0, 1.0, 224, 0.2}, options);
}
Model EfficientNetB1(const ApplicationOptions& options) {
  return efficientnet("EfficientNetB1", "efficientnetb1", {1.0, 1.1, 240, 0.2}, options);
}
Model EfficientNetB2(const ApplicationOptions& options) {
  return efficientnet("EfficientNetB2", "efficientnetb2", {1.1, 1.2, 260, 0.3}, options);
}
Model EfficientNetB3(const ApplicationOptions& options) {
  return efficientnet("EfficientNetB3", "efficientnetb3", {1.2, 1.4, 300, 0.3}, options);
}
Model EfficientNetB4(const ApplicationOptions& options) {
  return efficientnet("EfficientNetB4", "efficientnetb4", {1.4, 1.8, 380, 0.4}, options);
}
Model EfficientNetB5(const ApplicationOptions& options) {
  return efficientnet("EfficientNetB5", "efficientnetb5", {1.6, 2.2, 456, 0.4}, options);
}
Model EfficientNetB6(const ApplicationOptions& options) {
  return efficientnet("EfficientNetB6", "efficientnetb6", {1.8, 2.6, 528, 0.5}, options);
}
Model EfficientNetB7(const ApplicationOptions& options) {
  return efficientnet("EfficientNetB7", "efficientnetb7", {2.0, 3.1, 600, 0.5}, options);
}

}  // namespace keratin::inline KERATIN_VARIANT::applications
