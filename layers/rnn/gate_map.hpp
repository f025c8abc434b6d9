#pragma once

#include <cstddef>
#include <vector>

#include "../../framework/kernels/gemm.hpp"
#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// The linear part of a cell: from inputs or states to the pre-activations of its gates, for any
/// number of steps at once. A row of pre-activations has the units of all gates one gate after the
/// other, also where the map reaches some of them only.
class GateMap {
 public:
  virtual ~GateMap() = default;
  /// z = map(x) or, with `add`, z += map(x).
  virtual void apply(std::size_t steps, const real* x, bool add, real* z) = 0;
  /// The gradient of x, given that of z; with `add` it is added to dx.
  virtual void gradient(std::size_t steps, const real* dz, bool add, real* dx) = 0;
  /// Writes the gradients of the kernel and, unless null, of the bias: where the map reaches.
  virtual void weight_gradients(std::size_t steps, const real* x, const real* dz, real* kernel,
                                real* bias) = 0;
};

/// The gates that a map reaches.
struct GateRange {
  std::size_t all;    ///< gates that a row has
  std::size_t first;  ///< the first one reached
  std::size_t count;  ///< how many are
};

/// Products with the columns of a kernel (n, gates * units).
class DenseGates final : public GateMap {
 public:
  /// `bias` has a value for each column of the kernel, or is null. `masks`, of dropout, are
  /// (1, batch, n) for one mask, or (gates, batch, n) for one of each gate that is reached; empty
  /// for none. All must outlive the map.
  DenseGates(const Tensor& kernel, const real* bias, GateRange gates, std::size_t batch,
             const Tensor& masks);
  void apply(std::size_t steps, const real* x, bool add, real* z) override;
  void gradient(std::size_t steps, const real* dz, bool add, real* dx) override;
  void weight_gradients(std::size_t steps, const real* x, const real* dz, real* kernel,
                        real* bias) override;

 private:
  /// The products are made in parts: one for each mask.
  struct Part {
    std::size_t first, width;  // columns
    const real* mask;          // (batch, n), or null
    kernels::PackedMatrix<real> forward, backward;
  };
  /// x times the part's mask, into `masked_`; x itself where there is none.
  const real* through_mask(const Part& part, std::size_t steps, const real* x);

  const Tensor& kernel_;
  const real* bias_;
  std::size_t batch_, inputs_, columns_;
  std::vector<Part> parts_;
  Tensor masked_;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
