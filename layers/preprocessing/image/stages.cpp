#include "stages.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

Tensor run_stages(Tensor images, const ImageShape& shape, const std::vector<Stage>& stages) {
  for (const Stage& stage : stages) images = stage.layer->augment(images, shape, stage.random);
  return images;
}

Tensor run_stages_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                           const std::vector<Stage>& stages) {
  Tensors outputs;
  for (std::size_t i = 0; i + 1 < stages.size(); ++i) {
    outputs.push_back(
        stages[i].layer->augment(i == 0 ? images : outputs[i - 1], shape, stages[i].random));
  }
  for (std::size_t i = stages.size(); i-- > 0;) {
    gradient = stages[i].layer->augment_backward(
        std::move(gradient), i == 0 ? images : outputs[i - 1], shape, stages[i].random);
  }
  return gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
