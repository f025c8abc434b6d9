#pragma once

#include <vector>

#include "../../framework/kernels/conv.hpp"
#include "gate_map.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// Convolutions with a kernel (kernel..., channels, gates * filters), channels last: each place of
/// the result is a row of pre-activations.
class ConvGates final : public GateMap {
 public:
  /// `sizes` are those of one step. `bias` has a value for each of the kernel's columns, or is
  /// null. `masks`, of dropout, are (4, batch, ..., channels), one for each gate, or empty for
  /// none.
  ConvGates(const Tensor& kernel, const real* bias, const kernels::ConvSizes& sizes,
            const Tensor& masks);
  void apply(std::size_t steps, const real* x, bool add, real* z) override;
  void gradient(std::size_t steps, const real* dz, bool add, real* dx) override;
  void weight_gradients(std::size_t steps, const real* x, const real* dz, real* kernel,
                        real* bias) override;

 private:
  /// The convolutions are made in parts: one for each mask.
  struct Part {
    std::size_t first, width;  // columns
    const real* mask;          // like one step of x, or null
    Tensor kernel;             // its columns; empty where the part is all
  };
  kernels::ConvSizes sizes_of(const Part& part, std::size_t steps) const;
  const real* kernel_of(const Part& part) const;
  /// x times the part's mask, in `masked`; x itself where there is none.
  const real* through_mask(const Part& part, std::size_t steps, const real* x,
                           Tensor& masked) const;
  /// The part's columns of rows, in `own`; `rows` itself where the part is all.
  const real* columns_of(const Part& part, const real* rows, std::size_t count, Tensor& own) const;

  const Tensor& kernel_;
  const real* bias_;
  kernels::ConvSizes sizes_;
  std::size_t input_, places_;  // elements of one step's input, rows of one step's result
  std::vector<Part> parts_;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
