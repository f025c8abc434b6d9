#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// The masks of an attention call; null or absent: does not mask.
struct AttentionMasks {
  const Tensor* query = nullptr;      ///< (batch, targets): 0 where a query is padding
  const Tensor* value = nullptr;      ///< (batch, sources)
  const Tensor* key = nullptr;        ///< (batch, sources)
  const Tensor* attention = nullptr;  ///< which target may attend to which source
  /// A target attends to no later source.
  bool causal = false;
  /// A target attends to sources nearer than this.
  std::optional<Dim> window = {};

  /// All of them joined by "and", in a shape that can be broadcast to (batch, targets, sources);
  /// none where nothing masks.
  std::optional<Tensor> joined(Dim targets, Dim sources) const;
};

/// A mask brought into the form of scores: groups of targets x sources.
struct ScoreMask {
  /// `scores` is the shape of the scores, whose last 2 * `axes` axes are the targets' and the
  /// sources'; the mask gets axes before these. Throws ShapeError, which begins with `owner`, where
  /// it cannot be broadcast.
  ScoreMask(const Tensor& mask, const Shape& scores, std::size_t axes, std::string_view owner);

  const real* row(std::size_t group, std::size_t target) const {
    return values.data() + blocks[group] + target * sources;
  }

  Tensor values;
  /// Where each group's block begins.
  std::vector<std::size_t> blocks;
  std::size_t sources;
};

/// What becomes of a row of scores that is masked altogether.
enum class EmptyRow { uniform, zero };

/// scores = softmax(scale * scores) over the sources that are not masked, in place; scores are
/// (groups, targets, sources). `mask` may be null.
void masked_softmax(Tensor& scores, double scale, const ScoreMask* mask, EmptyRow empty);

/// Turns the gradient of `weights`, what masked_softmax made, into that of the scores.
void masked_softmax_gradient(const Tensor& weights, double scale, const ScoreMask* mask,
                             Tensor& gradient);

}  // namespace keratin::inline KERATIN_VARIANT::layers
