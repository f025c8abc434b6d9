#include "inception_v3.hpp"

#include "../layers/convolutional/conv.hpp"
#include "../layers/merging/concatenate.hpp"
#include "../layers/pooling/pooling.hpp"
#include "application.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {
namespace {

using namespace layers;

SymbolicTensor conv(const SymbolicTensor& input, Dim filters, Extent<2> kernel_size,
                    Padding padding = Padding::same, Dim strides = 1) {
  SymbolicTensor x = Conv2D({.filters = filters,
                             .kernel_size = kernel_size,
                             .strides = strides,
                             .padding = padding,
                             .use_bias = false})(input);
  x = batch_normalization(x, {.axis = 3, .scale = false});
  return activate(x, "relu");
}

SymbolicTensor halving_conv(const SymbolicTensor& x, Dim filters) {
  return conv(x, filters, 3, Padding::valid, 2);
}

SymbolicTensor halving_pool(const SymbolicTensor& x) {
  return MaxPooling2D({.pool_size = 3, .strides = 2})(x);
}

SymbolicTensor pooled_conv(const SymbolicTensor& x, Dim filters) {
  const SymbolicTensor pooled =
      AveragePooling2D({.pool_size = 3, .strides = 1, .padding = Padding::same})(x);
  return conv(pooled, filters, 1);
}

SymbolicTensor joined(const SymbolicTensors& branches, std::string name = {}) {
  return Concatenate({.axis = channel_axis_or(3)}, {.name = std::move(name)})(branches);
}

/// 35 x 35.
SymbolicTensor add_mixed_5x5(const SymbolicTensor& x, Dim pool_filters, std::string name) {
  const SymbolicTensor branch1 = conv(x, 64, 1);
  const SymbolicTensor branch5 = conv(conv(x, 48, 1), 64, 5);
  const SymbolicTensor branch3 = conv(conv(conv(x, 64, 1), 96, 3), 96, 3);
  const SymbolicTensor pool = pooled_conv(x, pool_filters);
  return joined({branch1, branch5, branch3, pool}, std::move(name));
}

/// 17 x 17.
SymbolicTensor add_mixed_7x7(const SymbolicTensor& x, Dim filters, std::string name) {
  constexpr Extent<2> row{1, 7}, column{7, 1};
  const SymbolicTensor branch1 = conv(x, 192, 1);
  SymbolicTensor branch7 = conv(x, filters, 1);
  branch7 = conv(branch7, filters, row);
  branch7 = conv(branch7, 192, column);
  SymbolicTensor twice = conv(x, filters, 1);
  twice = conv(twice, filters, column);
  twice = conv(twice, filters, row);
  twice = conv(twice, filters, column);
  twice = conv(twice, 192, row);
  const SymbolicTensor pool = pooled_conv(x, 192);
  return joined({branch1, branch7, twice, pool}, std::move(name));
}

/// 8 x 8.
SymbolicTensor add_mixed_3x3(const SymbolicTensor& x, int number) {
  constexpr Extent<2> row{1, 3}, column{3, 1};
  const SymbolicTensor branch1 = conv(x, 320, 1);
  SymbolicTensor branch3 = conv(x, 384, 1);
  SymbolicTensor first = conv(branch3, 384, row);
  SymbolicTensor second = conv(branch3, 384, column);
  branch3 = joined({first, second}, concat("mixed9_", number));
  SymbolicTensor twice = conv(conv(x, 448, 1), 384, 3);
  first = conv(twice, 384, row);
  second = conv(twice, 384, column);
  twice = joined({first, second});
  const SymbolicTensor pool = pooled_conv(x, 192);
  return joined({branch1, branch3, twice, pool}, concat("mixed", 9 + number));
}

/// 35 x 35 to 17 x 17.
SymbolicTensor add_mixed_3(const SymbolicTensor& x) {
  const SymbolicTensor branch3 = halving_conv(x, 384);
  const SymbolicTensor twice = halving_conv(conv(conv(x, 64, 1), 96, 3), 96);
  const SymbolicTensor pool = halving_pool(x);
  return joined({branch3, twice, pool}, "mixed3");
}

/// 17 x 17 to 8 x 8.
SymbolicTensor add_mixed_8(const SymbolicTensor& x) {
  const SymbolicTensor branch3 = halving_conv(conv(x, 192, 1), 320);
  SymbolicTensor branch7 = conv(x, 192, 1);
  branch7 = conv(branch7, 192, {1, 7});
  branch7 = conv(branch7, 192, {7, 1});
  branch7 = halving_conv(branch7, 192);
  const SymbolicTensor pool = halving_pool(x);
  return joined({branch3, branch7, pool}, "mixed8");
}

}  // namespace

Model InceptionV3(const ApplicationOptions& options) {
  Application application("InceptionV3", options);
  SymbolicTensor x = application.input(299, 75);
  x = halving_conv(x, 32);
  x = conv(x, 32, 3, Padding::valid);
  x = conv(x, 64, 3);
  x = halving_pool(x);
  x = conv(x, 80, 1, Padding::valid);
  x = conv(x, 192, 3, Padding::valid);
  x = halving_pool(x);
  x = add_mixed_5x5(x, 32, "mixed0");
  x = add_mixed_5x5(x, 64, "mixed1");
  x = add_mixed_5x5(x, 64, "mixed2");
  x = add_mixed_3(x);
  x = add_mixed_7x7(x, 128, "mixed4");
  x = add_mixed_7x7(x, 160, "mixed5");
  x = add_mixed_7x7(x, 160, "mixed6");
  x = add_mixed_7x7(x, 192, "mixed7");
  x = add_mixed_8(x);
  x = add_mixed_3x3(x, 0);
  x = add_mixed_3x3(x, 1);
  return application.model(application.top(x, options.include_top), "inception_v3");
}

}  // namespace keratin::inline KERATIN_VARIANT::applications
