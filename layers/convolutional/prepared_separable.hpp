#pragma once

#include "prepared_depthwise.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A depthwise and a pointwise convolution for inference, channels last: rows of the depthwise
/// output are multiplied while they are in the cache, and never stored as a whole where they are
/// many. It can add a tensor to what it computes.
template <std::size_t Rank>
class PreparedSeparable final : public prepared::Linear, public TakesMargins<Rank> {
 public:
  /// `kernel`, (..., channels, filters), is the pointwise one.
  PreparedSeparable(std::shared_ptr<PreparedDepthwise<Rank>> depthwise, const Tensor& kernel,
                    std::vector<real> bias, prepared::Ending ending);

  void take(const Margins<Rank>& margins) override { depthwise_->take(margins); }
  void finish() override;
  std::optional<prepared::Bound> bind(const Shapes& inputs) const override;

 private:
  void scale(const std::vector<real>& factors) override;
  bool can_add() const override { return true; }
  /// Rows `first` to `last` of an image.
  void compute_rows(const real* const* inputs, real* output,
                    const kernels::DepthwiseConv2DSizes& sizes, std::size_t image,
                    std::size_t first, std::size_t last) const;
  /// The product of `rows` places with the pointwise kernel.
  void multiply(const real* between, const real* added, real* output, std::size_t rows) const;

  std::shared_ptr<PreparedDepthwise<Rank>> depthwise_;
  Tensor kernel_;
  kernels::PackedMatrix<real> packed_;
};

extern template class PreparedSeparable<1>;
extern template class PreparedSeparable<2>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
