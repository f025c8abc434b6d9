#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "context.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Whether input `i` of a call is the mask of another, as the keyword `mask` gives them; then the
/// number of that other input. Keras's files name masks that the layers before have computed: such
/// an input becomes a mask of the call's context, and the layer does not see it.
inline std::optional<std::size_t> masked_input(const CallOptions& options, std::size_t i) {
  if (i >= options.input_names.size()) return {};
  const std::string& name = options.input_names[i];
  if (name == "mask") return 0;
  if (!name.starts_with("mask[")) return {};
  return static_cast<std::size_t>(std::stoul(name.substr(5)));
}

/// `options` as the layer sees them: without the names of masks.
inline CallOptions without_masks(CallOptions options) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < options.input_names.size(); ++i) {
    if (!masked_input(options, i)) names.push_back(options.input_names[i]);
  }
  options.input_names = std::move(names);
  return options;
}

}  // namespace keratin::inline KERATIN_VARIANT
