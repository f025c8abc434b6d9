#include "gate_map.hpp"

#include <algorithm>

#include "../../framework/kernels/elementwise.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

using kernels::Transpose;

DenseGates::DenseGates(const Tensor& kernel, const real* bias, GateRange gates, std::size_t batch,
                       const Tensor& masks)
    : kernel_(kernel),
      bias_(bias),
      batch_(batch),
      inputs_(kernel.shape(0)),
      columns_(kernel.shape(1)) {
  const std::size_t units = columns_ / gates.all;
  const std::size_t parts = masks.dimension() == 0 ? 1 : masks.shape(0);
  for (std::size_t i = 0; i < parts; ++i) {
    Part& part = parts_.emplace_back();
    part.width = gates.count / parts * units;
    part.first = gates.first * units + i * part.width;
    part.mask = masks.dimension() == 0 ? nullptr : masks.data() + i * batch * inputs_;
    part.forward = kernels::PackedMatrix<real>(Transpose::no, inputs_, part.width,
                                               kernel.data() + part.first, columns_);
  }
}

const real* DenseGates::through_mask(const Part& part, std::size_t steps, const real* x) {
  if (!part.mask) return x;
  const std::size_t step = batch_ * inputs_;
  masked_ = empty({static_cast<Dim>(steps * step)});
  for (std::size_t t = 0; t < steps; ++t) {
    for (std::size_t i = 0; i < step; ++i)
      masked_.data()[t * step + i] = x[t * step + i] * part.mask[i];
  }
  return masked_.data();
}

void DenseGates::apply(std::size_t steps, const real* x, bool add, real* z) {
  for (const Part& part : parts_) {
    kernels::gemm<real>(Transpose::no, steps * batch_, through_mask(part, steps, x), inputs_,
                        part.forward, add ? 1 : 0, z + part.first, columns_,
                        {.bias = bias_ ? bias_ + part.first : nullptr});
  }
}

void DenseGates::gradient(std::size_t steps, const real* dz, bool add, real* dx) {
  const std::size_t rows = steps * batch_;
  for (Part& part : parts_) {
    if (part.backward.data() == nullptr) {
      part.backward = kernels::PackedMatrix<real>(Transpose::yes, part.width, inputs_,
                                                  kernel_.data() + part.first, columns_);
    }
    const auto product = [&](bool accumulate, real* result) {
      kernels::gemm<real>(Transpose::no, rows, dz + part.first, columns_, part.backward,
                          accumulate ? 1 : 0, result, inputs_);
    };
    if (!part.mask) {
      product(add, dx);
    } else {
      Tensor unmasked = empty({static_cast<Dim>(rows * inputs_)});
      product(false, unmasked.data());
      const real* const through = through_mask(part, steps, unmasked.data());
      for (std::size_t i = 0; i < rows * inputs_; ++i) dx[i] = (add ? dx[i] : 0) + through[i];
    }
    add = true;
  }
}

void DenseGates::weight_gradients(std::size_t steps, const real* x, const real* dz, real* kernel,
                                  real* bias) {
  const std::size_t rows = steps * batch_;
  for (const Part& part : parts_) {
    kernels::gemm<real>(Transpose::yes, Transpose::no, inputs_, part.width, rows,
                        through_mask(part, steps, x), inputs_, dz + part.first, columns_, 0,
                        kernel + part.first, columns_);
  }
  if (bias) kernels::column_sums<real>(rows, columns_, dz, bias);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
