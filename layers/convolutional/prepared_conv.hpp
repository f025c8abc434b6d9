#pragma once

#include "../../framework/prepared/linear.hpp"
#include "../reshaping/prepared_padding.hpp"
#include "prepared_windows.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A convolution for inference, channels last, with its kernel packed. Where it is a plain product
/// over the channels, it can add a tensor to what it computes.
template <std::size_t Rank>
class PreparedConv final : public prepared::Linear, public TakesMargins<Rank> {
 public:
  PreparedConv(PreparedWindows<Rank> windows, const Tensor& kernel, const Parameter* bias,
               const Spec<ActivationFunction>& activation);

  void take(const Margins<Rank>& margins) override { windows_.add(margins); }
  void finish() override;
  std::optional<prepared::Bound> bind(const Shapes& inputs) const override;

  /// Whether it is a product over the channels at each place and nothing more.
  bool is_pointwise() const { return windows_.is_pointwise(); }
  /// For who does its work: (..., channels, filters), the bias, what follows.
  const Tensor& kernel() const { return kernel_; }
  using Linear::bias;
  using Linear::ending;

 private:
  void scale(const std::vector<real>& factors) override;
  bool can_add() const override { return is_pointwise(); }

  PreparedWindows<Rank> windows_;
  Tensor kernel_;
  kernels::PackedFilter<real> packed_;
};

extern template class PreparedConv<1>;
extern template class PreparedConv<2>;
extern template class PreparedConv<3>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
