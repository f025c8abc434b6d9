#include "conv_gates.hpp"

#include <algorithm>

#include "../../framework/kernels/elementwise.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

std::size_t volume(const std::array<std::size_t, 3>& size) { return size[0] * size[1] * size[2]; }

Tensor buffer(std::size_t count) { return empty({static_cast<Dim>(count)}); }

/// Copies `width` columns of `count` rows, whose rows are `from_stride` and `to_stride` apart.
void copy_columns(const real* from, std::size_t from_stride, std::size_t count, std::size_t width,
                  real* to, std::size_t to_stride) {
  for (std::size_t r = 0; r < count; ++r)
    std::copy_n(from + r * from_stride, width, to + r * to_stride);
}

}  // namespace

ConvGates::ConvGates(const Tensor& kernel, const real* bias, const kernels::ConvSizes& sizes,
                     const Tensor& masks)
    : kernel_(kernel),
      bias_(bias),
      sizes_(sizes),
      input_(sizes.batch * volume(sizes.in) * sizes.in_channels),
      places_(sizes.batch * volume(sizes.out)) {
  const std::size_t parts = masks.dimension() == 0 ? 1 : masks.shape(0);
  const std::size_t columns = sizes.out_channels, rows = kernel.size() / columns;
  for (std::size_t i = 0; i < parts; ++i) {
    const std::size_t width = columns / parts;
    Part& part = parts_.emplace_back(Part{i * width, width, nullptr, {}});
    if (parts == 1) continue;
    part.mask = masks.data() + i * input_;
    part.kernel = buffer(rows * width);
    copy_columns(kernel.data() + part.first, columns, rows, width, part.kernel.data(), width);
  }
  if (masks.dimension() > 0 && parts == 1) parts_[0].mask = masks.data();
}

kernels::ConvSizes ConvGates::sizes_of(const Part& part, std::size_t steps) const {
  kernels::ConvSizes sizes = sizes_;
  sizes.batch *= steps;
  sizes.out_channels = part.width;
  return sizes;
}

const real* ConvGates::kernel_of(const Part& part) const {
  return parts_.size() == 1 ? kernel_.data() : part.kernel.data();
}

const real* ConvGates::through_mask(const Part& part, std::size_t steps, const real* x,
                                    Tensor& masked) const {
  if (!part.mask) return x;
  masked = buffer(steps * input_);
  for (std::size_t t = 0; t < steps; ++t) {
    for (std::size_t i = 0; i < input_; ++i)
      masked.data()[t * input_ + i] = x[t * input_ + i] * part.mask[i];
  }
  return masked.data();
}

const real* ConvGates::columns_of(const Part& part, const real* rows, std::size_t count,
                                  Tensor& own) const {
  if (parts_.size() == 1) return rows;
  own = buffer(count * part.width);
  copy_columns(rows + part.first, sizes_.out_channels, count, part.width, own.data(), part.width);
  return own.data();
}

void ConvGates::apply(std::size_t steps, const real* x, bool add, real* z) {
  const std::size_t rows = steps * places_, columns = sizes_.out_channels;
  for (const Part& part : parts_) {
    Tensor masked;
    const real* const input = through_mask(part, steps, x, masked);
    const kernels::Epilogue<real> epilogue{.bias = bias_ ? bias_ + part.first : nullptr};
    if (parts_.size() == 1 && !add) {
      kernels::conv_forward<real>(input, kernel_of(part), z, sizes_of(part, steps), epilogue);
      return;
    }
    Tensor own = buffer(rows * part.width);
    kernels::conv_forward<real>(input, kernel_of(part), own.data(), sizes_of(part, steps),
                                epilogue);
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < part.width; ++c) {
        real& place = z[r * columns + part.first + c];
        place = (add ? place : 0) + own.data()[r * part.width + c];
      }
    }
  }
}

void ConvGates::gradient(std::size_t steps, const real* dz, bool add, real* dx) {
  for (const Part& part : parts_) {
    Tensor own, masked;
    const real* const columns = columns_of(part, dz, steps * places_, own);
    if (!add && !part.mask) {
      kernels::conv_backprop_input<real>(columns, kernel_of(part), dx, sizes_of(part, steps));
    } else {
      Tensor unmasked = buffer(steps * input_);
      kernels::conv_backprop_input<real>(columns, kernel_of(part), unmasked.data(),
                                         sizes_of(part, steps));
      const real* const through = through_mask(part, steps, unmasked.data(), masked);
      for (std::size_t i = 0; i < steps * input_; ++i) dx[i] = (add ? dx[i] : 0) + through[i];
    }
    add = true;
  }
}

void ConvGates::weight_gradients(std::size_t steps, const real* x, const real* dz, real* kernel,
                                 real* bias) {
  const std::size_t columns = sizes_.out_channels, rows = kernel_.size() / columns;
  for (const Part& part : parts_) {
    Tensor masked, own, part_kernel;
    const real* const input = through_mask(part, steps, x, masked);
    const real* const gradient = columns_of(part, dz, steps * places_, own);
    real* const none = nullptr;
    if (parts_.size() == 1) {
      kernels::conv_backprop_filter<real>(input, gradient, kernel, none, sizes_of(part, steps));
    } else {
      part_kernel = buffer(rows * part.width);
      kernels::conv_backprop_filter<real>(input, gradient, part_kernel.data(), none,
                                          sizes_of(part, steps));
      copy_columns(part_kernel.data(), part.width, rows, part.width, kernel + part.first, columns);
    }
  }
  if (bias) kernels::column_sums<real>(steps * places_, columns, dz, bias);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
