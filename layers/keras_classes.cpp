#include "keras_classes.hpp"

#include <sstream>

#include "../framework/refusals.hpp"
#include "catalogue.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// The public classes of keras.layers in Keras 3.15, without aliases.
constexpr const char* keras_classes =
    "Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D "
    "AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D "
    "Add AdditiveAttention AlphaDropout Attention AugMix AutoContrast Average AveragePooling1D "
    "AveragePooling2D AveragePooling3D BatchNormalization Bidirectional CategoryEncoding "
    "CenterCrop Concatenate ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose "
    "Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Cropping1D "
    "Cropping2D Cropping3D CutMix Dense DepthwiseConv1D DepthwiseConv2D Discretization Dot "
    "Dropout ELU EinsumDense Embedding Equalization Flatten FlaxLayer GRU GRUCell "
    "GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D "
    "GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D "
    "GroupNormalization GroupQueryAttention HashedCrossing Hashing Identity InputLayer "
    "InputSpec IntegerLookup JaxLayer LSTM LSTMCell Lambda Layer LayerNormalization LeakyReLU "
    "Masking MaxNumBoundingBoxes MaxPooling1D MaxPooling2D MaxPooling3D Maximum MelSpectrogram "
    "Minimum MixUp MultiHeadAttention Multiply Normalization PReLU Permute Pipeline "
    "RMSNormalization RNN RandAugment RandomBrightness RandomColorDegeneration "
    "RandomColorJitter RandomContrast RandomCrop RandomElasticTransform RandomErasing "
    "RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective "
    "RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear "
    "RandomTranslation RandomZoom ReLU RepeatVector Rescaling Reshape Resizing "
    "ReversibleEmbedding STFTSpectrogram SeparableConv1D SeparableConv2D SimpleRNN "
    "SimpleRNNCell Softmax Solarization SpatialDropout1D SpatialDropout2D SpatialDropout3D "
    "SpectralNormalization StackedRNNCells StringLookup Subtract TFSMLayer TextVectorization "
    "TimeDistributed TorchModuleWrapper UnitNormalization UpSampling1D UpSampling2D "
    "UpSampling3D Wrapper ZeroPadding1D ZeroPadding2D ZeroPadding3D";

}  // namespace

std::vector<MissingLayer> missing_layers() {
  const Registry<Layer>& registry = Registry<Layer>::instance();
  std::vector<MissingLayer> missing;
  std::istringstream names(keras_classes);
  for (std::string name; names >> name;) {
    if (registry.contains(name)) continue;
    const auto refusal = layer_refusals().find(name);
    missing.push_back(
        {name, refusal == layer_refusals().end() ? "is not written yet" : refusal->second});
  }
  return missing;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
