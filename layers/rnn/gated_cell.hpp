#pragma once

#include "cell.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// The dropout of one run: masks as GateMap takes them, empty where nothing is dropped.
struct DropoutMasks {
  Tensor input, recurrent;
};

/// The rates of a cell's dropout, and how many masks are drawn of each kind.
struct GateDropout {
  double input, recurrent;
  std::size_t masks = 1;

  GateDropout(double input_rate, double recurrent_rate)
      : input(input_rate), recurrent(recurrent_rate) {}
  /// Of cells with gates: Keras draws a mask for each gate where states are dropped too, otherwise
  /// one for all; a rate of 1 it takes for none.
  GateDropout(double input_rate, double recurrent_rate, std::size_t gates)
      : input(input_rate < 1 ? input_rate : 0),
        recurrent(recurrent_rate < 1 ? recurrent_rate : 0),
        masks(recurrent_rate != 0 ? gates : 1) {}
};

/// What the cells with kernel, recurrent kernel and bias share.
class GatedCell : public FusedCell {
 public:
  using FusedCell::FusedCell;
  const Parameter& kernel() const { return *kernel_; }
  const Parameter& recurrent_kernel() const { return *recurrent_kernel_; }
  /// Null without use_bias.
  const Parameter* bias() const { return bias_; }

 protected:
  struct WeightShapes {
    Shape kernel, recurrent_kernel, bias;
  };
  template <class Options>
  void build_gates(const Options& options, const WeightShapes& shapes) {
    kernel_ = &add_weight({.name = "kernel",
                           .shape = shapes.kernel,
                           .initializer = options.kernel_initializer,
                           .regularizer = options.kernel_regularizer,
                           .constraint = options.kernel_constraint});
    recurrent_kernel_ = &add_weight({.name = "recurrent_kernel",
                                     .shape = shapes.recurrent_kernel,
                                     .initializer = options.recurrent_initializer,
                                     .regularizer = options.recurrent_regularizer,
                                     .constraint = options.recurrent_constraint});
    if (!options.use_bias) return;
    bias_ = &add_weight({.name = "bias",
                         .shape = shapes.bias,
                         .initializer = options.bias_initializer,
                         .regularizer = options.bias_regularizer,
                         .constraint = options.bias_constraint});
  }
  /// Sets the bias of four gates of `units` to `initializer`'s values, that of the forget gate, the
  /// second, to ones (unit_forget_bias).
  void set_forget_bias(const Spec<Initializer>& initializer, Dim units);

  /// Draws for a run, in training, masks of the shapes of `x` and `h`, both with the batch.
  static DropoutMasks draw(const GateDropout& dropout, std::uint64_t seed, const Shape& x,
                           const Shape& h, const Context& context);

 private:
  Parameter* kernel_ = nullptr;
  Parameter* recurrent_kernel_ = nullptr;
  Parameter* bias_ = nullptr;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
