#pragma once

#include "../../framework/prepared/linear.hpp"
#include "../reshaping/prepared_padding.hpp"
#include "prepared_windows.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A depthwise convolution for inference, channels last. With a pointwise one behind it, it becomes
/// a PreparedSeparable.
template <std::size_t Rank>
class PreparedDepthwise final : public prepared::Linear, public TakesMargins<Rank> {
 public:
  PreparedDepthwise(PreparedWindows<Rank> windows, const Tensor& kernel, const Parameter* bias,
                    const Spec<ActivationFunction>& activation);

  void take(const Margins<Rank>& margins) override { windows_.add(margins); }
  std::shared_ptr<Operation> followed_by(const std::shared_ptr<Operation>& next) override;
  std::optional<prepared::Bound> bind(const Shapes& inputs) const override;

  const PreparedWindows<Rank>& windows() const { return windows_; }
  kernels::DepthwiseConv2DSizes sizes(const Shape& input) const {
    return windows_.depthwise(input);
  }
  /// Computes the output, or rows of it: `sizes` says which.
  void compute(const real* input, real* output, const kernels::DepthwiseConv2DSizes& sizes) const;

 private:
  void scale(const std::vector<real>& factors) override;

  PreparedWindows<Rank> windows_;
  Tensor kernel_;
};

extern template class PreparedDepthwise<1>;
extern template class PreparedDepthwise<2>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
