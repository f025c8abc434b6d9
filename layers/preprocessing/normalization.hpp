#pragma once

#include <optional>

#include "../../framework/axes.hpp"
#include "../../framework/handle.hpp"
#include "numbers.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct NormalizationOptions {
  /// The axes that keep statistics of their own; none (Keras: axis=None): one mean for all.
  Axes axis = -1;
  /// Both are given, or both come from adapt() or from saved weights.
  std::optional<Numbers> mean = {};
  std::optional<Numbers> variance = {};
  /// Goes the other way: x sqrt(variance) + mean.
  bool invert = false;
  void describe(Fields& fields);
};

/// (x - mean) / sqrt(variance), with statistics of the data (keras.layers.Normalization).
///
/// Any shape whose kept axes are known. Without given statistics the weights mean, variance (each
/// of the sizes of the kept axes) and count hold what adapt() found.
class NormalizationLayer final : public OptionsLayer<NormalizationLayer, NormalizationOptions> {
 public:
  static constexpr std::string_view keras_name = "Normalization";
  explicit NormalizationLayer(Options options = {}, LayerOptions common = {});

  /// Computes mean and variance of `data`, (samples, ...), in place of what was there; builds the
  /// layer if need be. Throws ValueError where they were given.
  void adapt(const Tensor& data);

  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  bool supports_masking() const override { return true; }

 private:
  void build_weights(const Shape& input) override;
  std::vector<Dim> kept_axes(std::size_t rank) const;
  /// The deviation, at least 1e-7, broadcast to `shape`.
  Tensor deviation(const Shape& shape) const;
  Tensor mean(const Shape& shape) const;
  Tensor broadcast_statistic(const Tensor& statistic, const Shape& shape) const;

  Parameter* mean_ = nullptr;
  Parameter* variance_ = nullptr;
  Parameter* count_ = nullptr;
  /// The given statistics in the shape of the weights.
  Tensor given_mean_, given_variance_;
};

using Normalization = Handle<NormalizationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
