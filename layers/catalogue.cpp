#include "catalogue.hpp"

#include <utility>

#include "../framework/input_layer.hpp"
#include "../framework/refusals.hpp"
#include "../framework/sequential_function.hpp"
#include "activations/activation.hpp"
#include "activations/prelu.hpp"
#include "activations/rectifiers.hpp"
#include "activations/softmax.hpp"
#include "attention/attention.hpp"
#include "attention/group_query_attention.hpp"
#include "attention/multi_head_attention.hpp"
#include "convolutional/conv.hpp"
#include "convolutional/conv_transpose.hpp"
#include "convolutional/depthwise_conv.hpp"
#include "convolutional/separable_conv.hpp"
#include "core/dense.hpp"
#include "core/einsum_dense.hpp"
#include "core/embedding.hpp"
#include "core/identity.hpp"
#include "core/lambda.hpp"
#include "core/masking.hpp"
#include "core/operation.hpp"
#include "core/reversible_embedding.hpp"
#include "foreign.hpp"
#include "locally_connected/locally_connected.hpp"
#include "merging/concatenate.hpp"
#include "merging/dot.hpp"
#include "merging/elementwise.hpp"
#include "merging/scaled_add.hpp"
#include "normalization/batch_normalization.hpp"
#include "normalization/group_normalization.hpp"
#include "normalization/layer_normalization.hpp"
#include "normalization/spectral_normalization.hpp"
#include "pooling/adaptive_pooling.hpp"
#include "pooling/global_pooling.hpp"
#include "pooling/pooling.hpp"
#include "preprocessing/audio/mel_spectrogram.hpp"
#include "preprocessing/audio/stft_spectrogram.hpp"
#include "preprocessing/category_encoding.hpp"
#include "preprocessing/discretization.hpp"
#include "preprocessing/image/aug_mix.hpp"
#include "preprocessing/image/auto_contrast.hpp"
#include "preprocessing/image/center_crop.hpp"
#include "preprocessing/image/cut_mix.hpp"
#include "preprocessing/image/equalization.hpp"
#include "preprocessing/image/mix_up.hpp"
#include "preprocessing/image/rand_augment.hpp"
#include "preprocessing/image/random_brightness.hpp"
#include "preprocessing/image/random_color_degeneration.hpp"
#include "preprocessing/image/random_color_jitter.hpp"
#include "preprocessing/image/random_contrast.hpp"
#include "preprocessing/image/random_crop.hpp"
#include "preprocessing/image/random_elastic_transform.hpp"
#include "preprocessing/image/random_erasing.hpp"
#include "preprocessing/image/random_flip.hpp"
#include "preprocessing/image/random_gaussian_blur.hpp"
#include "preprocessing/image/random_grayscale.hpp"
#include "preprocessing/image/random_hue.hpp"
#include "preprocessing/image/random_invert.hpp"
#include "preprocessing/image/random_perspective.hpp"
#include "preprocessing/image/random_posterization.hpp"
#include "preprocessing/image/random_rotation.hpp"
#include "preprocessing/image/random_saturation.hpp"
#include "preprocessing/image/random_sharpness.hpp"
#include "preprocessing/image/random_shear.hpp"
#include "preprocessing/image/random_translation.hpp"
#include "preprocessing/image/random_zoom.hpp"
#include "preprocessing/image/resizing.hpp"
#include "preprocessing/image/solarization.hpp"
#include "preprocessing/lookup/hashed_crossing.hpp"
#include "preprocessing/lookup/hashing.hpp"
#include "preprocessing/lookup/index_lookup.hpp"
#include "preprocessing/lookup/text_vectorization.hpp"
#include "preprocessing/normalization.hpp"
#include "preprocessing/pipeline.hpp"
#include "preprocessing/rescaling.hpp"
#include "regularization/activity_regularization.hpp"
#include "regularization/dropout.hpp"
#include "regularization/noise.hpp"
#include "regularization/spatial_dropout.hpp"
#include "reshaping/cropping.hpp"
#include "reshaping/flatten.hpp"
#include "reshaping/permute.hpp"
#include "reshaping/repeat_vector.hpp"
#include "reshaping/reshape.hpp"
#include "reshaping/up_sampling.hpp"
#include "reshaping/zero_padding.hpp"
#include "rnn/bidirectional.hpp"
#include "rnn/conv_lstm.hpp"
#include "rnn/gru.hpp"
#include "rnn/lstm.hpp"
#include "rnn/rnn.hpp"
#include "rnn/simple_rnn.hpp"
#include "rnn/stacked_rnn_cells.hpp"
#include "rnn/time_distributed.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

using namespace layers;

void add_activations(Registry<Layer>& registry) {
  registry.add<ActivationLayer>();
  registry.add<ELULayer>();
  registry.add<LeakyReLULayer>();
  registry.add<PReLULayer>();
  registry.add<ReLULayer>();
  registry.add<SoftmaxLayer>();
}

void add_attention(Registry<Layer>& registry) {
  registry.add<AdditiveAttentionLayer>();
  registry.add<AttentionLayer>();
  registry.add<GroupQueryAttentionLayer>({"GroupedQueryAttention"});
  registry.add<MultiHeadAttentionLayer>();
}

void add_core(Registry<Layer>& registry) {
  registry.add<InputLayer>();
  registry.add<Function>({"Model"});
  registry.add<SequentialFunction>();
  registry.add<DenseLayer>();
  registry.add<EinsumDenseLayer>();
  registry.add<EmbeddingLayer>();
  registry.add<IdentityLayer>();
  registry.add<LambdaLayer>();
  registry.add<MaskingLayer>();
  registry.add<OperationLayer>();
  registry.add<ReversibleEmbeddingLayer>();
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

void add_locally_connected(Registry<Layer>& registry) {
  registry.add<LocallyConnectedLayer<1>>();
  registry.add<LocallyConnectedLayer<2>>();
}

void add_merging(Registry<Layer>& registry) {
  registry.add<AddLayer>();
  registry.add<AverageLayer>();
  registry.add<ConcatenateLayer>();
  registry.add<DotLayer>();
  registry.add<MaximumLayer>();
  registry.add<MinimumLayer>();
  registry.add<MultiplyLayer>();
  registry.add<ScaledAddLayer>();
  registry.add<SubtractLayer>();
}

void add_normalization(Registry<Layer>& registry) {
  registry.add<BatchNormalizationLayer>();
  registry.add<GroupNormalizationLayer>();
  registry.add<LayerNormalizationLayer>();
  registry.add<RMSNormalizationLayer>();
  registry.add<SpectralNormalizationLayer>();
  registry.add<UnitNormalizationLayer>();
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

void add_preprocessing(Registry<Layer>& registry) {
  registry.add<AugMixLayer>();
  registry.add<AutoContrastLayer>();
  registry.add<CategoryEncodingLayer>();
  registry.add<CenterCropLayer>();
  registry.add<CutMixLayer>();
  registry.add<DiscretizationLayer>();
  registry.add<EqualizationLayer>();
  registry.add<HashedCrossingLayer>();
  registry.add<HashingLayer>();
  registry.add<IntegerLookupLayer>();
  registry.add<MelSpectrogramLayer>();
  registry.add<MixUpLayer>();
  registry.add<NormalizationLayer>();
  registry.add<PipelineLayer>();
  registry.add<RandAugmentLayer>();
  registry.add<RandomBrightnessLayer>();
  registry.add<RandomColorDegenerationLayer>();
  registry.add<RandomColorJitterLayer>();
  registry.add<RandomContrastLayer>();
  registry.add<RandomCropLayer>();
  registry.add<RandomElasticTransformLayer>();
  registry.add<RandomErasingLayer>();
  registry.add<RandomFlipLayer>();
  registry.add<RandomGaussianBlurLayer>();
  registry.add<RandomGrayscaleLayer>();
  registry.add<RandomHueLayer>();
  registry.add<RandomInvertLayer>();
  registry.add<RandomPerspectiveLayer>();
  registry.add<RandomPosterizationLayer>();
  registry.add<RandomRotationLayer>();
  registry.add<RandomSaturationLayer>();
  registry.add<RandomSharpnessLayer>();
  registry.add<RandomShearLayer>();
  registry.add<RandomTranslationLayer>();
  registry.add<RandomZoomLayer>();
  registry.add<RescalingLayer>();
  registry.add<ResizingLayer>();
  registry.add<SolarizationLayer>();
  registry.add<STFTSpectrogramLayer>();
  registry.add<StringLookupLayer>();
  registry.add<TextVectorizationLayer>();
}

void add_regularization(Registry<Layer>& registry) {
  registry.add<ActivityRegularizationLayer>();
  registry.add<AlphaDropoutLayer>();
  registry.add<DropoutLayer>();
  registry.add<GaussianDropoutLayer>();
  registry.add<GaussianNoiseLayer>();
  registry.add<SpatialDropoutLayer<1>>();
  registry.add<SpatialDropoutLayer<2>>();
  registry.add<SpatialDropoutLayer<3>>();
}

void add_reshaping(Registry<Layer>& registry) {
  registry.add<FlattenLayer>();
  registry.add<PermuteLayer>();
  registry.add<RepeatVectorLayer>();
  registry.add<ReshapeLayer>();
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

void add_rnn(Registry<Layer>& registry) {
  registry.add<BidirectionalLayer>();
  registry.add<ConvLSTMLayer<1>>();
  registry.add<ConvLSTMLayer<2>>();
  registry.add<ConvLSTMLayer<3>>();
  registry.add<GRULayer>();
  registry.add<GRUCellLayer>();
  registry.add<LSTMLayer>();
  registry.add<LSTMCellLayer>();
  registry.add<RNNLayer>();
  registry.add<SimpleRNNLayer>();
  registry.add<SimpleRNNCellLayer>();
  registry.add<StackedRNNCellsLayer>();
  registry.add<TimeDistributedLayer>();
}

using Add = void (*)(Registry<Layer>&);
constexpr std::pair<const char*, Add> folders[] = {
    {"activations", add_activations},
    {"attention", add_attention},
    {"convolutional", add_convolutional},
    {"core", add_core},
    {"locally_connected", add_locally_connected},
    {"merging", add_merging},
    {"normalization", add_normalization},
    {"pooling", add_pooling},
    {"preprocessing", add_preprocessing},
    {"regularization", add_regularization},
    {"reshaping", add_reshaping},
    {"rnn", add_rnn},
};

}  // namespace

namespace layers {

std::vector<LayerFolder> layer_folders() {
  std::vector<LayerFolder> all;
  for (const auto& [name, add] : folders) {
    Registry<Layer> registry;
    add(registry);
    all.push_back({name, registry.names()});
  }
  return all;
}

}  // namespace layers

/// Every layer that a Keras file may name.
template <>
Registry<Layer>& Registry<Layer>::instance() {
  static Registry registry = [] {
    Registry all;
    for (const auto& [name, add] : folders) add(all);
    add_refusals(layer_refusals());
    return all;
  }();
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
