// The depthwise gather over images whose channels are next to each other. Included once per
// instruction set.
#if defined(KERATIN_DEPTHWISE_GATHER_CHANNELS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KERATIN_DEPTHWISE_GATHER_CHANNELS_INL
#undef KERATIN_DEPTHWISE_GATHER_CHANNELS_INL
#else
#define KERATIN_DEPTHWISE_GATHER_CHANNELS_INL
#endif

#include <hwy/cache_control.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "depthwise_gather.hpp"
#include "depthwise_gather_tiles-inl.hpp"
#include "depthwise_lanes-inl.hpp"
#include "scratch.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {

/// The filter by vectors of channels: those of vector v begin at v * vector(), and tap after tap
/// follows in the order of the source's offsets. Where the filter lies, a pixel's taps are the
/// whole number of channels apart and may fall into the same sets of the cache.
template <class D, class T = hn::TFromD<D>>
class TapVectors {
 public:
  explicit TapVectors(const DepthwiseGather<T>& job)
      : lanes_(hn::Lanes(D())),
        width_(job.filter_width),
        height_(height(job.rows)),
        flipped_(job.rows.flipped),
        weights_((job.channels + lanes_ - 1) / lanes_ * vector()) {
    const std::size_t vectors = (job.channels + lanes_ - 1) / lanes_;
    const D d;
    T* to = weights_.data();
    for (std::size_t v = 0; v < vectors; ++v) {
      const std::size_t first = std::min(v * lanes_, job.channels - lanes_);
      const std::size_t taps = height_ * width_;
      for (std::size_t t = 0; t < taps; ++t, to += lanes_) {
        const std::size_t tap = flipped_ ? taps - 1 - t : t;
        hn::StoreU(hn::LoadU(d, job.filter + tap * job.channels + first), d, to);
      }
    }
  }

  std::size_t vector() const { return height_ * width_ * lanes_; }
  std::size_t taps() const { return height_ * width_; }
  const T* data() const { return weights_.data(); }
  /// Of the first vector.
  const T* tap(const GatherAxis::Tap& row, const GatherAxis::Tap& column) const {
    const std::size_t index = row.index * width_ + column.index;
    return data() + (flipped_ ? taps() - 1 - index : index) * lanes_;
  }

 private:
  static std::size_t height(const GatherAxis& rows) {
    std::size_t taps = 0;
    for (const auto& phase : rows.phases) taps += phase.size();
    return taps;
  }

  std::size_t lanes_, width_, height_;
  bool flipped_;
  Scratch<T> weights_;
};

/// Computes rows of the result on one thread.
template <class D, class T = hn::TFromD<D>>
class ChannelsGather {
 public:
  ChannelsGather(const DepthwiseGather<T>& job, const TapVectors<D>& weights)
      : job_(job),
        weights_(weights),
        rows_(job.source, job.rows.sources, job.columns.sources,
              job.channels / job.source_multiplier, job.source_multiplier,
              job.rows.span() + static_cast<std::size_t>(job.rows.step) * (tile_height(job) - 1)),
        result_channels_(job.channels / job.result_multiplier) {
    if (job.result_multiplier > 1) sums_.resize(tile_height(job) * line());
    // The weights of a block of channels stay in the first-level cache.
    const std::size_t taps = std::max<std::size_t>(1, weights.taps());
    const std::size_t lanes = hn::Lanes(D());
    const std::size_t most = std::max<std::size_t>(1, weight_bytes / (taps * lanes * sizeof(T)));
    block_ = most * lanes;
    const std::size_t bytes =
        job.batch * job.rows.results * job.columns.results * job.channels * sizeof(T);
    const std::size_t vector = lanes * sizeof(T);
    stream_ = job.result_multiplier == 1 && bytes >= stream_bytes && job.channels % lanes == 0 &&
              reinterpret_cast<std::uintptr_t>(job.result) % vector == 0;
  }
  ~ChannelsGather() {
    if (stream_) hwy::FlushStream();
  }

  /// Rows that are computed together: pairs of rows that read the same source rows.
  static std::size_t tile_height(const DepthwiseGather<T>& job) {
    return 2 * std::max<std::size_t>(1, dense_kernel(job).apart);
  }
  static std::size_t tiles(const DepthwiseGather<T>& job) {
    return (job.rows.results + tile_height(job) - 1) / tile_height(job);
  }

  /// The tiles [begin, end) of image b. Small images are computed block of channels by block of
  /// channels, whose weights and sources then stay in the first-level cache; of large ones, lines
  /// of memory are read as they follow.
  HWY_NOINLINE void tiles(std::size_t b, std::size_t begin, std::size_t end) {
    const bool by_blocks =
        job_.rows.sources * job_.columns.sources * job_.channels * sizeof(T) <= image_bytes &&
        job_.result_multiplier == 1;
    if (!by_blocks) {
      for (std::size_t i = begin; i < end; ++i) tile(b, i, 0, job_.channels);
      return;
    }
    for (std::size_t c = 0; c < job_.channels; c += block_) {
      const std::size_t last = std::min(c + block_, job_.channels);
      for (std::size_t i = begin; i < end; ++i) tile(b, i, c, last);
    }
  }

 private:
  static constexpr std::size_t weight_bytes = 16384, image_bytes = std::size_t{1} << 20;
  // Results this large leave the caches before anything reads them.
  static constexpr std::size_t stream_bytes = std::size_t{1} << 24;

  std::size_t line() const { return job_.columns.results * job_.channels; }
  /// Rows index * tile_height and those that follow in the same tile.
  void tile(std::size_t b, std::size_t index, std::size_t first_channel, std::size_t last_channel) {
    const std::size_t y = index * tile_height(job_);
    const std::size_t height = std::min(tile_height(job_), job_.rows.results - y);
    const bool direct = job_.result_multiplier == 1;
    T* result = job_.result + (b * job_.rows.results + y) * job_.columns.results * result_channels_;
    T* to = direct ? result : sums_.data();
    for (std::size_t c = first_channel; c < last_channel; c += block_) {
      const std::size_t end = std::min(c + block_, last_channel);
      const TileChannels<T> channels{c,
                                     end,
                                     job_.bias,
                                     static_cast<T>(job_.clamp.lower),
                                     static_cast<T>(job_.clamp.upper),
                                     stream_,
                                     weights_.vector()};
      if (!dense_rows(b, y, height, channels, to)) {
        for (std::size_t h = 0; h < height; ++h) sparse_row(b, y + h, channels, to + h * line());
      }
    }
    if (!direct) {
      sum_groups(sums_.data(), result, height * job_.columns.results * result_channels_,
                 job_.result_multiplier);
    }
  }

  /// Any row, by lists of taps.
  void sparse_row(std::size_t b, std::size_t y, const TileChannels<T>& channels, T* result) {
    const GatherAxis& columns = job_.columns;
    const auto& taps = job_.rows.phases[y % job_.rows.phases.size()];
    source_rows_.clear();
    for (const auto& tap : taps) {
      const std::size_t from = job_.rows.source(y / job_.rows.phases.size(), tap);
      if (from < job_.rows.sources) source_rows_.push_back({rows_.row(b, from), tap});
    }
    const std::size_t phases = columns.phases.size();
    for (std::size_t p = 0; p < phases; ++p) {
      const std::size_t count = columns.count(p);
      const auto inside = columns.interior(p);
      for (std::size_t q = 0; q < inside.begin; ++q) border_pixel(p, q, channels, result);
      if (inside.begin < inside.end) {
        list_points(p, 0, false);
        interior(p, inside, channels, result);
      }
      for (std::size_t q = inside.end; q < count; ++q) border_pixel(p, q, channels, result);
    }
  }

  /// The taps of a pixel: all of them, or only those that are inside.
  void list_points(std::size_t p, std::size_t q, bool only_inside) {
    points_.clear();
    for (const auto& row : source_rows_) {
      for (const auto& tap : job_.columns.phases[p]) {
        if (only_inside && job_.columns.source(q, tap) >= job_.columns.sources) continue;
        points_.push_back({row.at, tap.offset * static_cast<std::ptrdiff_t>(job_.channels),
                           weights_.tap(row.tap, tap)});
      }
    }
  }

  void border_pixel(std::size_t p, std::size_t q, const TileChannels<T>& channels, T* result) {
    list_points(p, q, true);
    pixels(1, p, q, channels, result);
  }

  void interior(std::size_t p, GatherAxis::Range range, const TileChannels<T>& channels,
                T* result) {
    const std::size_t count = range.end - range.begin, pieces = (count + 7) / 8;
    for (std::size_t i = 0; i < pieces; ++i) {
      const std::size_t begin = count * i / pieces, end = count * (i + 1) / pieces;
      pixels(end - begin, p, range.begin + begin, channels, result);
    }
  }

  void pixels(std::size_t count, std::size_t p, std::size_t q, const TileChannels<T>& channels,
              T* result) {
    const std::size_t phases = job_.columns.phases.size();
    const std::size_t step = static_cast<std::size_t>(job_.columns.step) * job_.channels;
    T* to = result + (q * phases + p) * job_.channels;
    const auto tile = [&](auto gather) {
      gather(D(), points_.data(), points_.size(), static_cast<std::ptrdiff_t>(q * step), step,
             channels, to, phases * job_.channels);
    };
    switch (count) {
      case 1:
        return tile(gather_tile<1, D, T>);
      case 2:
        return tile(gather_tile<2, D, T>);
      case 3:
        return tile(gather_tile<3, D, T>);
      case 4:
        return tile(gather_tile<4, D, T>);
      case 5:
        return tile(gather_tile<5, D, T>);
      case 6:
        return tile(gather_tile<6, D, T>);
      case 7:
        return tile(gather_tile<7, D, T>);
      default:
        return tile(gather_tile<8, D, T>);
    }
  }

  /// The common cases, with everything unrolled. False if this is none.
  bool dense_rows(std::size_t b, std::size_t y, std::size_t height, const TileChannels<T>& channels,
                  T* result) {
    if constexpr (hn::MaxLanes(D()) == hn::MaxLanes(hn::ScalableTag<T>())) {
      const Kernel kernel = dense_kernel(job_);
      const std::size_t width = job_.columns.results;
      constexpr bool registers = HWY_MAX_BYTES == 64;  // enough for tiles of 14 pixels
      const bool sevens = width % 7 == 0 && registers;
      if (kernel.size == 0 || width < 4) return wide_rows(b, y, height, channels, result);
      if (kernel.size == 3 && kernel.apart == 2) {
        sevens ? dense_lines<3, 1, 2, 7>(b, y, height, channels, result)
               : dense_lines<3, 1, 2, 4>(b, y, height, channels, result);
      } else if (kernel.size == 3 && kernel.step == 1) {
        sevens ? dense_lines<3, 1, 1, 7>(b, y, height, channels, result)
               : dense_lines<3, 1, 1, 4>(b, y, height, channels, result);
      } else if (kernel.size == 3) {
        dense_lines<3, 2, 1, 4>(b, y, height, channels, result);
      } else if (kernel.step == 1) {
        dense_lines<5, 1, 1, 4>(b, y, height, channels, result);
      } else {
        dense_lines<5, 2, 1, 4>(b, y, height, channels, result);
      }
      return true;
    }
    return false;
  }

  struct Kernel {
    std::size_t size, step, apart;
  };

  /// A square kernel that dense_rows knows, with taps `apart`; all 0 for any other.
  static Kernel dense_kernel(const DepthwiseGather<T>& job) {
    const GatherAxis &rows = job.rows, &columns = job.columns;
    const auto &down = rows.phases[0], &across = columns.phases[0];
    if (rows.phases.size() != 1 || columns.phases.size() != 1 || rows.step != columns.step ||
        down.size() != across.size() || down.size() < 2) {
      return {0, 0, 0};
    }
    const std::ptrdiff_t apart = down[1].offset - down[0].offset;
    if (across[1].offset - across[0].offset != apart) return {0, 0, 0};
    const bool known = ((down.size() == 3 || down.size() == 5) && apart == 1 && rows.step <= 2) ||
                       (down.size() == 3 && apart == 2 && rows.step == 1);
    if (!known) return {0, 0, 0};
    return {down.size(), static_cast<std::size_t>(rows.step), static_cast<std::size_t>(apart)};
  }

  template <std::size_t K, std::size_t S, std::size_t A, std::size_t W>
  void dense_lines(std::size_t b, std::size_t y, std::size_t height,
                   const TileChannels<T>& channels, T* result) {
    for (std::size_t h = 0; h < std::min(A, height); ++h) {
      if (h + A < height) {
        dense_line<K, S, A, 2, W>(b, y + h, channels, result + h * line());
      } else {
        dense_line<K, S, A, 1, W>(b, y + h, channels, result + h * line());
      }
    }
  }

  template <std::size_t K, std::size_t S, std::size_t A, std::size_t H, std::size_t W>
  HWY_NOINLINE void dense_line(std::size_t b, std::size_t y, const TileChannels<T>& channels,
                               T* result) {
    constexpr std::size_t high = (H - 1) * S + K, wide = (W - 1) * S + (K - 1) * A + 1;
    const auto &down = job_.rows.phases[0], &across = job_.columns.phases[0];
    const std::ptrdiff_t top = static_cast<std::ptrdiff_t>(y * S) + down[0].offset;
    DenseSource<T, high> source;
    bool cut = false;
    for (std::size_t r = 0; r < high; ++r) {
      const std::ptrdiff_t from = top + static_cast<std::ptrdiff_t>(r * A);
      const bool inside = from >= 0 && from < static_cast<std::ptrdiff_t>(job_.rows.sources);
      source.row[r] = inside ? rows_.row(b, static_cast<std::size_t>(from)) : nullptr;
      cut = cut || !inside;
    }
    source.pixel = static_cast<std::ptrdiff_t>(job_.channels);
    const T* w = weights_.tap(down[0], across[0]);
    const std::size_t width = job_.columns.results;
    for (std::size_t next = 0; next < width; next += W) {
      const std::size_t x = std::min(next, width - W);  // may overlap the tile before
      source.place(static_cast<std::ptrdiff_t>(x * S) + across[0].offset, wide,
                   job_.columns.sources);
      T* to = result + x * job_.channels;
      if (cut || source.begin > 0 || source.end < wide) {
        dense_tile<K, S, A, H, W, true>(D(), source, w, channels, to, A * line(), job_.channels);
      } else {
        dense_tile<K, S, A, H, W, false>(D(), source, w, channels, to, A * line(), job_.channels);
      }
    }
  }

  /// Row by row, for kernels too large or too scattered for square tiles.
  bool wide_rows(std::size_t b, std::size_t y, std::size_t height, const TileChannels<T>& channels,
                 T* result) {
    constexpr std::size_t W = 8;
    const GatherAxis &rows = job_.rows, &columns = job_.columns;
    if (rows.phases.size() != 1 || columns.phases.size() != 1 || columns.step != 1) return false;
    const auto& across = columns.phases[0];
    if (across.size() < 2 || columns.results < W) return false;
    const std::ptrdiff_t apart = across[1].offset - across[0].offset;
    if (across.size() != 7 || apart != 1) return false;
    for (std::size_t h = 0; h < height; ++h) {
      points_.clear();
      for (const auto& tap : rows.phases[0]) {
        const std::size_t from = rows.source(y + h, tap);
        if (from == rows.sources) continue;
        points_.push_back({rows_.row(b, from), 0, weights_.tap(tap, across[0])});
      }
      wide_line<7, 1, 1, W>(channels, result + h * line());
    }
    return true;
  }

  template <std::size_t K, std::size_t S, std::size_t A, std::size_t W>
  HWY_NOINLINE void wide_line(const TileChannels<T>& channels, T* result) {
    constexpr std::size_t wide = (W - 1) * S + (K - 1) * A + 1;
    const auto& across = job_.columns.phases[0];
    const std::size_t width = job_.columns.results;
    DenseColumns columns;
    columns.pixel = static_cast<std::ptrdiff_t>(job_.channels);
    for (std::size_t next = 0; next < width; next += W) {
      const std::size_t x = std::min(next, width - W);  // may overlap the tile before
      columns.place(static_cast<std::ptrdiff_t>(x * S) + across[0].offset, wide,
                    job_.columns.sources);
      T* to = result + x * job_.channels;
      if (columns.begin > 0 || columns.end < wide) {
        wide_tile<K, S, A, W, true>(D(), columns, points_.data(), points_.size(), channels, to,
                                    job_.channels);
      } else {
        wide_tile<K, S, A, W, false>(D(), columns, points_.data(), points_.size(), channels, to,
                                     job_.channels);
      }
    }
  }

  struct SourceRow {
    const T* at;
    GatherAxis::Tap tap;
  };

  const DepthwiseGather<T>& job_;
  const TapVectors<D>& weights_;
  RepeatedRows<T> rows_;
  std::size_t result_channels_, block_;
  bool stream_;
  Buffer<T> sums_;
  std::vector<SourceRow> source_rows_;
  std::vector<TilePoint<T>> points_;
};

}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#endif
