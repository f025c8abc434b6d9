#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stages.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct AugMixOptions {
  /// The least and the greatest colour.
  Numbers value_range = {0, 255};
  /// How many chains of changes are mixed, and how many changes one has at most.
  Dim num_chains = 3;
  Dim chain_depth = 3;
  /// How strong changes are: the inner layers draw from this pair, or from 0 to one number. Within
  /// 0 and 1.
  Numbers factor = 0.3;
  /// Of the distributions that the mixture is drawn from; above 0.
  double alpha = 1.0;
  /// Whether colours are changed too.
  bool all_ops = true;
  /// "bilinear" or "nearest".
  std::string interpolation = "bilinear";
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// In training, mixes images with what chains of changes make of them, the same chains and mixture
/// for a whole batch; otherwise the identity (keras.layers.AugMix; Hendrycks et al., 2020). Images
/// as the changing layers take them; the output has their shape. Throws ValueError for other
/// factors, interpolations and ranges.
class AugMixLayer final : public RandomImage<AugMixLayer, AugMixOptions> {
 public:
  static constexpr std::string_view keras_name = "AugMix";
  explicit AugMixLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  struct Chains {
    /// What stays of the images themselves.
    real original;
    std::vector<real> parts;
    std::vector<std::vector<Stage>> stages;
  };
  Chains chains(const Random& random) const;
  /// Before it is clipped.
  Tensor mixed(const Tensor& images, const ImageShape& shape, const Chains& chains) const;

  std::vector<std::shared_ptr<const RandomImageLayer>> layers_;
  Range colours_;
};

using AugMix = Handle<AugMixLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
