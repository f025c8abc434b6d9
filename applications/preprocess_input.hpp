#pragma once

#include "../framework/extent.hpp"
#include "../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {

/// What networks expect of their images:
///
/// | mode | output | networks |
/// |---|---|---|
/// | caffe | BGR, the channel's mean subtracted | VGG, ResNet |
/// | tf | x / 127.5 - 1 | MobileNet, MobileNetV2, Xception, ResNetV2, NASNet, Inception |
/// | torch | x / 255, the channel's mean subtracted, divided by its deviation | DenseNet |
///
/// Means and deviations are those of ImageNet. EfficientNets take images as they are.
enum class PreprocessMode { caffe, tf, torch };

/// Images (rows, columns, 3) or (batch, rows, columns, 3), or with the channels first, RGB of
/// values from 0 to 255, as a network of `mode` expects them (keras.applications.imagenet_utils.
/// preprocess_input). Throws ShapeError for other shapes. Keras's decode_predictions is not here:
/// the names of the classes are a download.
Tensor preprocess_input(Tensor images, PreprocessMode mode,
                        DataFormat data_format = image_data_format());

}  // namespace keratin::inline KERATIN_VARIANT::applications
