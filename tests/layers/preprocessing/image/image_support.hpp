#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "../../../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::testing {

/// What `layer` gives for `input` in training; `index` is that of the step.
inline Tensor in_training(const LayerHandle& layer, const Tensor& input, std::uint64_t index = 0) {
  layer->build({shape_of(input)});
  Step step{.training = true, .seed = 5, .index = index};
  Context context(step, 17);
  return context.run(*layer, input);
}

/// The arguments in the config of `layer` that only its class has.
inline std::string own_arguments(const LayerHandle& layer) {
  Json config = layer->get_config();
  for (const char* key : {"name", "trainable", "dtype"}) config.erase(key);
  return config.dump();
}

}  // namespace keratin::inline KERATIN_VARIANT::testing
