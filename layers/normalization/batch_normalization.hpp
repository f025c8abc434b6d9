#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../../framework/handle.hpp"
#include "../../framework/number.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// Keys and values, in the order in which files have them.
using RenormClipping = std::vector<std::pair<std::string, Number>>;

struct BatchNormalizationOptions {
  /// The axis of the features; a config may also hold it as a list of one. Negative values count
  /// from the end.
  Dim axis = -1;
  /// Of the moving averages: moving = moving * momentum + batch * (1 - momentum).
  double momentum = 0.99;
  /// Added to the variance.
  double epsilon = 1e-3;
  /// Whether there is a beta to add.
  bool center = true;
  /// Whether there is a gamma to multiply by.
  bool scale = true;
  Spec<Initializer> beta_initializer = "zeros";
  Spec<Initializer> gamma_initializer = "ones";
  Spec<Initializer> moving_mean_initializer = "zeros";
  Spec<Initializer> moving_variance_initializer = "ones";
  Spec<Regularizer> beta_regularizer = {};
  Spec<Regularizer> gamma_regularizer = {};
  Spec<Constraint> beta_constraint = {};
  Spec<Constraint> gamma_constraint = {};
  /// Batch renormalization (Ioffe, 2017).
  bool renorm = false;
  /// The bounds "rmin", "rmax" and "dmax" of its corrections; what is not here does not bound.
  std::optional<RenormClipping> renorm_clipping = {};
  /// Of the averages that it corrects by.
  double renorm_momentum = 0.99;
  /// Without effect: a batch is not spread over devices.
  bool synchronized = false;
  void describe(Fields& fields);
};

/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta for each feature
/// (keras.layers.BatchNormalization; Ioffe and Szegedy, 2015).
///
/// In training mean and (biased) variance are those of the batch, of its unmasked places where a
/// mask of the input's shape without the last axis comes along, and the moving averages follow;
/// otherwise, and where the layer is frozen, they are the moving averages. Any shape whose `axis`
/// is known. Weights, each of the size of `axis`: gamma, beta, moving_mean, moving_variance.
///
/// With `renorm`, what is normalized by the batch is corrected in training to r x + d, so that it
/// agrees with slowly moving averages: r = clip(deviation / renorm_stddev, rmin, rmax) and
/// d = clip((mean - renorm_mean) / renorm_stddev, -dmax, dmax), which gradients take for constants.
/// More weights, not trained: moving_stddev, from which moving_variance follows, renorm_mean and
/// renorm_stddev. Throws ValueError for other keys in renorm_clipping.
class BatchNormalizationLayer final
    : public OptionsLayer<BatchNormalizationLayer, BatchNormalizationOptions> {
 public:
  static constexpr std::string_view keras_name = "BatchNormalization";
  explicit BatchNormalizationLayer(Options options = {}, LayerOptions common = {});

  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;
  bool supports_masking() const override { return true; }
  bool takes_activation(const ActivationFunction& function) const override;

 private:
  /// The statistics that one call normalises with.
  struct Statistics {
    Tensor mean, inverse_deviation;
    bool of_batch;
    /// The weight of each row in the statistics, and their sum; none where each counts as 1.
    std::optional<Tensor> row_weights;
    double total_weight;
    struct Correction {
      Tensor r, d;
    };
    std::optional<Correction> renorm = {};
  };

  void build_weights(const Shape& input) override;
  Statistics statistics(const Tensor& rows, Context& context) const;
  void move_averages(const Tensor& mean, const Tensor& variance, Context& context) const;
  void renormalize(Statistics& statistics, const Tensor& variance, Context& context) const;
  double clip(std::string_view bound, double otherwise) const;
  void check_mask(const Tensor& mask, const Tensor& input) const;
  /// y = x * scale + shift
  struct ScaleShift {
    Tensor scale, shift;
  };
  ScaleShift scale_shift(const Statistics& statistics) const;
  Tensor backward_rows(const Tensor& x, Tensor gradient, const Statistics& statistics,
                       Context& context) const;

  Parameter* gamma_ = nullptr;
  Parameter* beta_ = nullptr;
  Parameter* moving_mean_ = nullptr;
  Parameter* moving_variance_ = nullptr;
  Parameter* moving_stddev_ = nullptr;
  Parameter* renorm_mean_ = nullptr;
  Parameter* renorm_stddev_ = nullptr;
};

using BatchNormalization = Handle<BatchNormalizationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
