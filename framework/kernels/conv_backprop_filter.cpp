#include <algorithm>
#include <array>

#include "../base/parallel.hpp"
#include "conv_patches.hpp"
#include "elementwise.hpp"
#include "scratch.hpp"

namespace keratin::kernels {
namespace {

/// Transposed patches times the output's gradient: for one group, a (taps x input channels) x
/// output channels matrix, its depth the output's pixels. That is often long, and the matrix small:
/// so the pixels are cut into slots, which are summed at the end. How many depends on the sizes
/// alone, so that the bits do not depend on the number of threads.
template <class T>
class FilterGradient {
 public:
  FilterGradient(const T* input, const T* output_gradient, const ConvSizes& s, std::size_t group)
      : patches_(input_patches(input, s, group)),
        pixels_in_place_(is_pointwise(s) ? input + group * (s.in_channels / s.groups) : nullptr),
        pixel_size_(s.in_channels),
        dy_(output_gradient + group * (s.out_channels / s.groups)),
        ld_dy_(s.out_channels),
        m_(patches_.depth()),
        n_(s.out_channels / s.groups),
        pixels_(s.batch * volume(s.out)),
        tile_(tile_shape<T>()),
        rows_(most_block_rows / tile_.rows * tile_.rows),
        blocks_((m_ + rows_ - 1) / rows_),
        slots_(slot_count()) {}

  void compute(T* gradient) {
    const Scratch<T> partial(slots_ > 1 ? slots_ * m_ * n_ : 0);
    T* const c = slots_ > 1 ? partial.data() : gradient;
    const std::size_t ldc = slots_ > 1 ? n_ : ld_dy_;
    const double work = static_cast<double>(m_) * static_cast<double>(n_) *
                        static_cast<double>(pixels_) / static_cast<double>(slots_ * blocks_);
    const auto grain = static_cast<std::size_t>(500e3 / std::max(work, 1.0)) + 1;
    parallel_for(slots_ * blocks_, grain, [&](std::size_t begin, std::size_t end) {
      const Scratch<T> a(depth_block * packed_stride()),
          b(depth_block * round_up(n_, tile_.columns));
      while (begin < end) {
        const std::size_t slot = begin / blocks_;
        const std::size_t stop = std::min(end, (slot + 1) * blocks_);
        compute_slot(slot, {begin % blocks_, begin % blocks_ + (stop - begin)},
                     c + (slots_ > 1 ? slot * m_ * n_ : 0), ldc, a.data(), b.data());
        begin = stop;
      }
    });
    if (slots_ > 1) sum_slots(partial.data(), gradient);
  }

 private:
  std::size_t slot_count() const {
    constexpr std::size_t most_tasks = 32, most_elements = std::size_t{1} << 22;
    const std::size_t chunks = (pixels_ + depth_block - 1) / depth_block;
    const std::size_t wanted = (most_tasks + blocks_ - 1) / std::max<std::size_t>(blocks_, 1);
    const std::size_t room = most_elements / std::max<std::size_t>(m_ * n_, 1);
    return std::max<std::size_t>(1, std::min({wanted, chunks / 2, room}));
  }

  // A tile reads whole strips.
  std::size_t packed_stride() const { return rows_ + std::max(patch_gap, tile_.rows); }

  void compute_slot(std::size_t slot, Range blocks, T* c, std::size_t ldc, T* a, T* b) const {
    const Range pixels = piece(pixels_, depth_block, slot, slots_);
    std::size_t pixel = pixels.begin;
    do {
      const Range depth{pixel, std::min(pixel + depth_block, pixels.end)};
      pack_panels(Transpose::no, depth.size(), n_, dy_ + pixel * ld_dy_, ld_dy_, b);
      for (std::size_t i = blocks.begin; i < blocks.end; ++i) {
        const Range rows{i * rows_, std::min(m_, (i + 1) * rows_)};
        std::array<T*, most_block_rows> targets;
        for (std::size_t r = 0; r < rows.size(); ++r) targets[r] = c + (rows.begin + r) * ldc;
        Block<T> block{};
        block.rows = rows.size();
        block.columns = n_;
        block.depth = depth.size();
        set_a(block, rows, depth, a);
        block.a_strip = tile_.rows;
        block.a_by_columns = true;
        block.b = b;
        block.b_stride = tile_.columns;
        block.b_panel = tile_.columns * depth.size();
        block.c = targets.data();
        block.accumulate = pixel > pixels.begin;
        multiply(block);
      }
      pixel = depth.end;
    } while (pixel < pixels.end);
  }

  void set_a(Block<T>& block, Range rows, Range depth, T* a) const {
    // Reading whole strips goes past the end of a pixel: not at the end of all.
    if (pixels_in_place_ && (pixels_ - depth.end) * pixel_size_ >= tile_.rows) {
      block.a = pixels_in_place_ + depth.begin * pixel_size_ + rows.begin;
      block.a_stride = pixel_size_;
      return;
    }
    pack_block(rows, depth, a);
    block.a = a;
    block.a_stride = packed_stride();
  }

  void pack_block(Range rows, Range depth, T* a) const {
    patches_.pack(depth, rows, a, packed_stride());
    const std::size_t filled = round_up(rows.size(), tile_.rows);
    if (filled == rows.size()) return;
    for (std::size_t k = 0; k < depth.size(); ++k) {
      std::fill(a + k * packed_stride() + rows.size(), a + k * packed_stride() + filled, T{0});
    }
  }

  void sum_slots(const T* partial, T* gradient) const {
    parallel_for(m_, 4096 / (n_ * slots_) + 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        T* const to = gradient + row * ld_dy_;
        std::copy_n(partial + row * n_, n_, to);
        for (std::size_t slot = 1; slot < slots_; ++slot) {
          const T* from = partial + (slot * m_ + row) * n_;
          for (std::size_t j = 0; j < n_; ++j) to[j] += from[j];
        }
      }
    });
  }

  Patches<T> patches_;
  const T* pixels_in_place_;  // of a pointwise convolution: its patches, `pixel_size_` apart
  std::size_t pixel_size_;
  const T* dy_;
  std::size_t ld_dy_, m_, n_, pixels_;
  TileShape tile_;
  std::size_t rows_, blocks_, slots_;
};

}  // namespace

template <class T>
void conv_backprop_filter(const T* input, const T* output_gradient, T* kernel_gradient,
                          T* bias_gradient, const ConvSizes& s) {
  for (std::size_t group = 0; group < s.groups; ++group) {
    FilterGradient<T>(input, output_gradient, s, group)
        .compute(kernel_gradient + group * (s.out_channels / s.groups));
  }
  if (bias_gradient) {
    column_sums(s.batch * volume(s.out), s.out_channels, output_gradient, bias_gradient);
  }
}

template void conv_backprop_filter(const float*, const float*, float*, float*, const ConvSizes&);
template void conv_backprop_filter(const double*, const double*, double*, double*,
                                   const ConvSizes&);

}  // namespace keratin::kernels
