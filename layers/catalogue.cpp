#include "../framework/input_layer.hpp"
#include "../framework/sequential_function.hpp"
#include "convolutional/conv.hpp"
#include "convolutional/conv_transpose.hpp"
#include "convolutional/depthwise_conv.hpp"
#include "convolutional/separable_conv.hpp"
#include "core/dense.hpp"
#include "pooling/adaptive_pooling.hpp"
#include "pooling/global_pooling.hpp"
#include "pooling/pooling.hpp"
#include "reshaping/cropping.hpp"
#include "reshaping/up_sampling.hpp"
#include "reshaping/zero_padding.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

using namespace layers;

void add_core(Registry<Layer>& registry) {
  registry.add<InputLayer>();
  registry.add<Function>({"Model"});
  registry.add<SequentialFunction>();
  registry.add<DenseLayer>();
}

void add_convolutional(Registry<Layer>& registry) {
  registry.add<ConvLayer<1>>({"Convolution1D"});
  registry.add<ConvLayer<2>>({"Convolution2D"});
  registry.add<ConvLayer<3>>({"Convolution3D"});
  registry.add<ConvTransposeLayer<1>>({"Convolution1DTranspose"});
  registry.add<ConvTransposeLayer<2>>({"Convolution2DTranspose"});
  registry.add<ConvTransposeLayer<3>>({"Convolution3DTranspose"});
  registry.add<DepthwiseConvLayer<1>>();
  registry.add<DepthwiseConvLayer<2>>();
  registry.add<SeparableConvLayer<1>>({"SeparableConvolution1D"});
  registry.add<SeparableConvLayer<2>>({"SeparableConvolution2D"});
}

void add_pooling(Registry<Layer>& registry) {
  registry.add<PoolingLayer<1, Pooled::maximum>>({"MaxPool1D"});
  registry.add<PoolingLayer<1, Pooled::average>>({"AvgPool1D"});
  registry.add<GlobalPoolingLayer<1, Pooled::maximum>>({"GlobalMaxPool1D"});
  registry.add<GlobalPoolingLayer<1, Pooled::average>>({"GlobalAvgPool1D"});
  registry.add<PoolingLayer<2, Pooled::maximum>>({"MaxPool2D"});
  registry.add<PoolingLayer<2, Pooled::average>>({"AvgPool2D"});
  registry.add<GlobalPoolingLayer<2, Pooled::maximum>>({"GlobalMaxPool2D"});
  registry.add<GlobalPoolingLayer<2, Pooled::average>>({"GlobalAvgPool2D"});
  registry.add<PoolingLayer<3, Pooled::maximum>>({"MaxPool3D"});
  registry.add<PoolingLayer<3, Pooled::average>>({"AvgPool3D"});
  registry.add<GlobalPoolingLayer<3, Pooled::maximum>>({"GlobalMaxPool3D"});
  registry.add<GlobalPoolingLayer<3, Pooled::average>>({"GlobalAvgPool3D"});
  registry.add<AdaptivePoolingLayer<1, Pooled::maximum>>();
  registry.add<AdaptivePoolingLayer<1, Pooled::average>>();
  registry.add<AdaptivePoolingLayer<2, Pooled::maximum>>();
  registry.add<AdaptivePoolingLayer<2, Pooled::average>>();
  registry.add<AdaptivePoolingLayer<3, Pooled::maximum>>();
  registry.add<AdaptivePoolingLayer<3, Pooled::average>>();
}

void add_reshaping(Registry<Layer>& registry) {
  registry.add<CroppingLayer<1>>();
  registry.add<CroppingLayer<2>>();
  registry.add<CroppingLayer<3>>();
  registry.add<UpSamplingLayer<1>>();
  registry.add<UpSamplingLayer<2>>();
  registry.add<UpSamplingLayer<3>>();
  registry.add<ZeroPaddingLayer<1>>();
  registry.add<ZeroPaddingLayer<2>>();
  registry.add<ZeroPaddingLayer<3>>();
}

}  // namespace

/// Every layer that a Keras file may name.
template <>
Registry<Layer>& Registry<Layer>::instance() {
  static Registry registry = [] {
    Registry all;
    add_core(all);
    add_convolutional(all);
    add_pooling(all);
    add_reshaping(all);
    return all;
  }();
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
