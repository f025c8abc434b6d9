#pragma once

#include <filesystem>
#include <string>

#include "function.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// What a picture of a model shows (keras.utils.plot_model).
struct PlotOptions {
  /// The shapes of the outputs.
  bool show_shapes = true;
  /// Kernel sizes, strides, padding, activations...
  bool show_arguments = true;
  /// The numbers of weights.
  bool show_params = true;
  /// Layers that are not trained are marked.
  bool show_trainable = false;
  /// Draws what is in nested models, in frames.
  bool expand_nested = false;
};

/// The calls of a model's graph as a picture: a box for each call, an arrow for each tensor. A
/// layer that is called more than once has as many boxes. Throws ValueError for a model whose input
/// shape is unknown.
std::string plot_svg(const Function& function, const PlotOptions& options = {});
/// The same in the language of Graphviz.
std::string plot_dot(const Function& function, const PlotOptions& options = {});
/// The picture in a page of its own, which refers to nothing else. A layer's config shows where the
/// pointer rests on it; wheel and pointer zoom and move the picture.
std::string plot_html(const Function& function, const PlotOptions& options = {});

/// Writes one of the three to `path`, by its ending. Throws ValueError for other endings, FileError
/// where the file cannot be written.
void plot_model(const Function& function, const std::filesystem::path& path,
                const PlotOptions& options = {});

}  // namespace keratin::inline KERATIN_VARIANT
