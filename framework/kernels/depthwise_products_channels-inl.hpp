// The gradient to a depthwise filter over images whose channels are next to each other. Included
// once per instruction set.
#if defined(KERATIN_DEPTHWISE_PRODUCTS_CHANNELS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KERATIN_DEPTHWISE_PRODUCTS_CHANNELS_INL
#undef KERATIN_DEPTHWISE_PRODUCTS_CHANNELS_INL
#else
#define KERATIN_DEPTHWISE_PRODUCTS_CHANNELS_INL
#endif

#include <algorithm>
#include <cstddef>

#include "depthwise_lanes-inl.hpp"
#include "depthwise_products.hpp"
#include "depthwise_products_tiles-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {

/// Sums over a range of output rows on one thread.
template <class D, class T = hn::TFromD<D>>
class ChannelsProducts {
 public:
  explicit ChannelsProducts(const DepthwiseProducts<T>& job)
      : job_(job),
        channels_(job.output_channels()),
        lanes_(hn::Lanes(D())),
        rows_(job.input, job.rows.sources, job.columns.sources, job.channels, job.multiplier,
              job.rows.span() + static_cast<std::size_t>(job.rows.step)) {
    const std::size_t vector = (job.taps() + 1) * lanes_;
    const std::size_t most = std::max<std::size_t>(1, sum_bytes / (vector * sizeof(T)));
    block_ = std::min(most * lanes_, (channels_ + lanes_ - 1) / lanes_ * lanes_);
    sums_.resize(block_ / lanes_ * vector);
  }

  /// Rows [begin, end) of the batch times out_height; `result` has the sums for each tap, then
  /// those of the gradient itself, for each channel.
  HWY_NOINLINE void sum_rows(std::size_t begin, std::size_t end, T* result) {
    for (std::size_t c = 0; c < channels_; c += block_) {
      const std::size_t last = std::min(c + block_, channels_);
      std::fill(sums_.begin(), sums_.end(), T{0});
      const std::size_t vector = (job_.taps() + 1) * lanes_;
      TapSums<T> to{c, last, sums_.data(), vector, job_.columns.phases[0].size() * lanes_, nullptr};
      for (std::size_t row = begin; row < end;) {
        const std::size_t done = sum_square_rows(row, end, to);
        if (done == 0) sum_row(row, to);
        row += std::max<std::size_t>(1, done);
      }
      const T* from = sums_.data();
      for (std::size_t next = c; next < last; next += lanes_, from += vector) {
        const std::size_t at = std::min(next, last - lanes_);
        for (std::size_t t = 0; t <= job_.taps(); ++t) {
          std::copy_n(from + t * lanes_, lanes_, result + t * channels_ + at);
        }
      }
    }
  }

 private:
  static constexpr std::size_t sum_bytes = 65536;
  // Pixels between loads and stores of the sums. More are more lines of memory under way at once.
  static constexpr std::size_t run_length = 16, square_length = 8;

  /// Kernels of 3 x 3: two rows of an image at a time where there are two. Returns how many; none
  /// for other kernels.
  std::size_t sum_square_rows(std::size_t index, std::size_t end, const TapSums<T>& to) {
    if constexpr (hn::MaxLanes(D()) == hn::MaxLanes(hn::ScalableTag<T>())) {
      const auto& taps = job_.rows.phases[0];
      if (taps.size() != 3 || taps[1].offset - taps[0].offset != 1 ||
          job_.rows.step != job_.columns.step || dense_taps() != 3) {
        return 0;
      }
      const bool pair = index + 1 < end && (index + 1) % job_.rows.results != 0;
      if (job_.rows.step == 1) {
        pair ? square_rows<3, 1, 2>(index, to) : square_rows<3, 1, 1>(index, to);
      } else {
        pair ? square_rows<3, 2, 2>(index, to) : square_rows<3, 2, 1>(index, to);
      }
      return pair ? 2 : 1;
    }
    return 0;
  }

  template <std::size_t K, std::size_t S, std::size_t H>
  void square_rows(std::size_t index, const TapSums<T>& to) {
    constexpr bool registers = HWY_MAX_BYTES == 64;  // enough for tiles of 14 pixels
    if (registers && S == 1 && job_.columns.results % 7 == 0) {
      square_rows<K, S, H, 7>(index, to);
    } else {
      square_rows<K, S, H, 4>(index, to);
    }
  }

  template <std::size_t K, std::size_t S, std::size_t H, std::size_t W>
  void square_rows(std::size_t index, const TapSums<T>& to) {
    constexpr std::size_t high = (H - 1) * S + K, wide = (W - 1) * S + K;
    const std::size_t b = index / job_.rows.results, y = index % job_.rows.results;
    const std::ptrdiff_t top = static_cast<std::ptrdiff_t>(y * S) + job_.rows.phases[0][0].offset;
    SquareRun<T, high, H> run;
    for (std::size_t r = 0; r < high; ++r) {
      const std::ptrdiff_t from = top + static_cast<std::ptrdiff_t>(r);
      const bool inside = from >= 0 && from < static_cast<std::ptrdiff_t>(job_.rows.sources);
      run.row[r] = inside ? rows_.row(b, static_cast<std::size_t>(from)) : nullptr;
    }
    run.pixel = static_cast<std::ptrdiff_t>(channels_);
    const std::size_t width = job_.columns.results;
    const auto inside = job_.columns.interior(0);
    const std::ptrdiff_t offset = job_.columns.phases[0][0].offset;
    const auto sources = static_cast<std::ptrdiff_t>(job_.columns.sources);
    for (std::size_t x = 0; x < width; x += run.count) {
      const std::ptrdiff_t left = static_cast<std::ptrdiff_t>(x * S) + offset;
      run.at = left * run.pixel;
      for (std::size_t h = 0; h < H; ++h) {
        run.gradient[h] = job_.output_gradient + ((index + h) * width + x) * channels_;
      }
      if (x >= inside.begin && x + W <= inside.end) {
        run.count = std::min(square_length, inside.end - x) / W * W;
        square_products<K, S, H, W, false>(D(), run, to);
      } else {
        const auto most = static_cast<std::ptrdiff_t>(wide);
        run.begin = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(-left, 0, most));
        run.end = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(sources - left, 0, most));
        run.count = std::min(W, width - x);
        square_products<K, S, H, W, true>(D(), run, to);
      }
    }
  }

  void sum_row(std::size_t index, TapSums<T>& to) {
    const std::size_t b = index / job_.rows.results, y = index % job_.rows.results;
    const auto& taps = job_.rows.phases[0];
    // The taps inside the image are consecutive.
    std::size_t first = 0, last = taps.size();
    while (first < last && job_.rows.source(y, taps[first]) >= job_.rows.sources) ++first;
    while (first < last && job_.rows.source(y, taps[last - 1]) >= job_.rows.sources) --last;
    const T* gradient = job_.output_gradient + index * job_.columns.results * channels_;
    T* sums = to.sums;
    T* bias = sums + job_.taps() * lanes_;
    const std::size_t dense = dense_taps();
    if (dense == 0 || first == last) {
      to.bias = bias;
      sum_pixels(D(), gradient, channels_, job_.columns.results, to);
      bias = nullptr;
    }
    for (std::size_t k = first; k < last;) {
      to.sums = sums + k * to.row;
      to.bias = bias;
      bias = nullptr;
      const std::size_t left = last - k;
      if (dense == 0) {
        sparse_row(b, y, k, gradient, to);
        ++k;
      } else {
        k += dense_rows(dense, left, b, y, k, gradient, to);
      }
    }
    to.sums = sums;
    to.bias = nullptr;
  }

  const T* input_row(std::size_t b, std::size_t y, std::size_t k) {
    return rows_.row(b, job_.rows.source(y, job_.rows.phases[0][k]));
  }

  /// One row of taps, at any distance.
  void sparse_row(std::size_t b, std::size_t y, std::size_t k, const T* gradient,
                  const TapSums<T>& to) {
    const T* row = input_row(b, y, k);
    const auto& taps = job_.columns.phases[0];
    const auto inside = job_.columns.interior(0);
    const std::size_t width = job_.columns.results;
    for (std::size_t x = 0; x < width;) {
      const bool border = x < inside.begin || x >= inside.end;
      const std::size_t end = border ? x + 1 : std::min(x + run_length, inside.end);
      std::size_t first = 0, last = taps.size();
      if (border) {
        while (first < last && job_.columns.source(x, taps[first]) >= job_.columns.sources) ++first;
        while (first < last && job_.columns.source(x, taps[last - 1]) >= job_.columns.sources) {
          --last;
        }
      }
      for (std::size_t t = first; t < last; t += 8) {
        TapSums<T> part = to;
        part.sums += t * lanes_;
        products(std::min<std::size_t>(8, last - t),
                 row + job_.columns.source(x, taps[t]) * channels_, gradient + x * channels_,
                 end - x, part);
      }
      x = end;
    }
  }

  void products(std::size_t taps, const T* x, const T* gradient, std::size_t count,
                const TapSums<T>& to) {
    const auto& offsets = job_.columns.phases[0];
    const std::size_t apart =
        offsets.size() < 2 ? 0 : static_cast<std::size_t>(offsets[1].offset - offsets[0].offset);
    const std::size_t step = static_cast<std::size_t>(job_.columns.step);
    const auto run = [&](auto function) {
      function(D(), x, apart * channels_, step * channels_, gradient, channels_, count, to);
    };
    switch (taps) {
      case 1:
        return run(sparse_products<1, D, T>);
      case 2:
        return run(sparse_products<2, D, T>);
      case 3:
        return run(sparse_products<3, D, T>);
      case 4:
        return run(sparse_products<4, D, T>);
      case 5:
        return run(sparse_products<5, D, T>);
      case 6:
        return run(sparse_products<6, D, T>);
      case 7:
        return run(sparse_products<7, D, T>);
      default:
        return run(sparse_products<8, D, T>);
    }
  }

  /// The width of a kernel that dense_rows knows; 0 for any other.
  std::size_t dense_taps() const {
    if (hn::MaxLanes(D()) != hn::MaxLanes(hn::ScalableTag<T>())) return 0;
    const auto& taps = job_.columns.phases[0];
    if (taps.size() < 3 || taps[1].offset - taps[0].offset != 1) return 0;
    const std::ptrdiff_t step = job_.columns.step;
    const bool known =
        ((taps.size() == 3 || taps.size() == 5) && step <= 2) || (taps.size() == 7 && step == 1);
    return known ? taps.size() : 0;
  }

  /// Some rows of taps at once, so that there are sums enough to hide the latency. Returns how
  /// many.
  std::size_t dense_rows(std::size_t taps, std::size_t left, std::size_t b, std::size_t y,
                         std::size_t k, const T* gradient, const TapSums<T>& to) {
    if constexpr (hn::MaxLanes(D()) == hn::MaxLanes(hn::ScalableTag<T>())) {
      const bool wide = job_.columns.step == 2;
      if (taps == 3 && left >= 2) {
        wide ? dense_row<2, 3, 2>(b, y, k, gradient, to)
             : dense_row<2, 3, 1>(b, y, k, gradient, to);
        return 2;
      }
      if (taps == 3) {
        wide ? dense_row<1, 3, 2>(b, y, k, gradient, to)
             : dense_row<1, 3, 1>(b, y, k, gradient, to);
        return 1;
      }
      if (taps == 5 && left >= 2) {
        wide ? dense_row<2, 5, 2>(b, y, k, gradient, to)
             : dense_row<2, 5, 1>(b, y, k, gradient, to);
        return 2;
      }
      if (taps == 5) {
        wide ? dense_row<1, 5, 2>(b, y, k, gradient, to)
             : dense_row<1, 5, 1>(b, y, k, gradient, to);
        return 1;
      }
      if (left >= 2) {
        dense_row<2, 7, 1>(b, y, k, gradient, to);
        return 2;
      }
      dense_row<1, 7, 1>(b, y, k, gradient, to);
    }
    return 1;
  }

  template <std::size_t R, std::size_t K, std::size_t S>
  void dense_row(std::size_t b, std::size_t y, std::size_t k, const T* gradient,
                 const TapSums<T>& to) {
    constexpr bool registers = HWY_MAX_BYTES == 64;  // enough for tiles of seven pixels
    if (registers && S == 1 && job_.columns.results % 7 == 0) {
      dense_row<R, K, S, 7>(b, y, k, gradient, to);
    } else {
      dense_row<R, K, S, 4>(b, y, k, gradient, to);
    }
  }

  template <std::size_t R, std::size_t K, std::size_t S, std::size_t W>
  void dense_row(std::size_t b, std::size_t y, std::size_t k, const T* gradient,
                 const TapSums<T>& to) {
    constexpr std::size_t wide = (W - 1) * S + K;
    DenseRun<T, R> run;
    for (std::size_t r = 0; r < R; ++r) run.row[r] = input_row(b, y, k + r);
    run.pixel = static_cast<std::ptrdiff_t>(channels_);
    const auto inside = job_.columns.interior(0);
    const std::size_t width = job_.columns.results;
    const std::ptrdiff_t offset = job_.columns.phases[0][0].offset;
    const auto sources = static_cast<std::ptrdiff_t>(job_.columns.sources);
    for (std::size_t x = 0; x < width;) {
      const std::ptrdiff_t left = static_cast<std::ptrdiff_t>(x * S) + offset;
      run.at = left * run.pixel;
      run.gradient = gradient + x * channels_;
      if (x >= inside.begin && x + W <= inside.end) {
        run.count = std::min(run_length, inside.end - x) / W * W;
        dense_products<R, K, S, W, false>(D(), run, to);
      } else {
        const auto most = static_cast<std::ptrdiff_t>(wide);
        run.begin = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(-left, 0, most));
        run.end = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(sources - left, 0, most));
        run.count = std::min(W, width - x);
        dense_products<R, K, S, W, true>(D(), run, to);
      }
      x += run.count;
    }
  }

  const DepthwiseProducts<T>& job_;
  std::size_t channels_, lanes_, block_;
  RepeatedRows<T> rows_;
  Buffer<T> sums_;
};

}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#endif
