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

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {

/// Computes rows of the result on one thread.
template <class D, class T = hn::TFromD<D>>
class ChannelsGather {
 public:
  explicit ChannelsGather(const DepthwiseGather<T>& job)
      : job_(job),
        rows_(job.source, job.rows.sources, job.columns.sources,
              job.channels / job.source_multiplier, job.source_multiplier,
              job.rows.span() + static_cast<std::size_t>(job.rows.step) * (tile_height - 1)),
        result_channels_(job.channels / job.result_multiplier) {
    if (job.result_multiplier > 1) sums_.resize(tile_height * line());
    // The weights of a block of channels stay in the first-level cache.
    const std::size_t taps = std::max<std::size_t>(1, filter_height() * job.filter_width);
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

  static constexpr std::size_t tile_height = 2;
  static std::size_t tiles(const DepthwiseGather<T>& job) {
    return (job.rows.results + tile_height - 1) / tile_height;
  }

  /// Rows tile * tile_height and those that follow in the same tile.
  HWY_NOINLINE void tile(std::size_t b, std::size_t index) {
    const std::size_t y = index * tile_height;
    const std::size_t height = std::min(tile_height, job_.rows.results - y);
    const bool direct = job_.result_multiplier == 1;
    T* result = job_.result + (b * job_.rows.results + y) * job_.columns.results * result_channels_;
    T* to = direct ? result : sums_.data();
    for (std::size_t c = 0; c < job_.channels; c += block_) {
      const std::size_t end = std::min(c + block_, job_.channels);
      const TileChannels<T> channels{c,
                                     end,
                                     job_.bias,
                                     static_cast<T>(job_.clamp.lower),
                                     static_cast<T>(job_.clamp.upper),
                                     stream_};
      if (!dense_rows(b, y, height, channels, to)) {
        for (std::size_t h = 0; h < height; ++h) sparse_row(b, y + h, channels, to + h * line());
      }
    }
    if (!direct) {
      sum_groups(sums_.data(), result, height * job_.columns.results * result_channels_,
                 job_.result_multiplier);
    }
  }

 private:
  static constexpr std::size_t weight_bytes = 16384;
  // Results this large leave the caches before anything reads them.
  static constexpr std::size_t stream_bytes = std::size_t{1} << 24;

  std::size_t line() const { return job_.columns.results * job_.channels; }
  std::size_t filter_height() const {
    std::size_t taps = 0;
    for (const auto& phase : job_.rows.phases) taps += phase.size();
    return taps;
  }

  const T* weights(const GatherAxis::Tap& row, const GatherAxis::Tap& column) const {
    return job_.filter + (row.index * job_.filter_width + column.index) * job_.channels;
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
                           weights(row.tap, tap)});
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
      const std::size_t kernel = dense_kernel(), step = static_cast<std::size_t>(job_.rows.step);
      const std::size_t width = job_.columns.results;
      constexpr bool registers = HWY_MAX_BYTES == 64;  // enough for tiles of 14 pixels
      if (kernel == 3 && step == 1 && (width == 7 || width == 14) && registers) {
        dense_lines<3, 1, 7>(b, y, height, channels, result);
      } else if (kernel == 3 && step == 1 && width >= 4) {
        dense_lines<3, 1, 4>(b, y, height, channels, result);
      } else if (kernel == 3 && step == 2 && width >= 4) {
        dense_lines<3, 2, 4>(b, y, height, channels, result);
      } else if (kernel == 5 && step == 1 && width >= 4) {
        dense_lines<5, 1, 4>(b, y, height, channels, result);
      } else if (kernel == 5 && step == 2 && width >= 4) {
        dense_lines<5, 2, 4>(b, y, height, channels, result);
      } else {
        return wide_rows(b, y, height, channels, result);
      }
      return true;
    }
    return false;
  }

  /// The size of a square kernel whose taps are next to each other; 0 for any other.
  std::size_t dense_kernel() const {
    const GatherAxis &rows = job_.rows, &columns = job_.columns;
    if (rows.phases.size() != 1 || columns.phases.size() != 1 || rows.step != columns.step)
      return 0;
    const auto &down = rows.phases[0], &across = columns.phases[0];
    const std::size_t size = down.size();
    if (size < 2 || across.size() != size || down[1].offset - down[0].offset != 1 ||
        across[1].offset - across[0].offset != 1) {
      return 0;
    }
    return size;
  }

  template <std::size_t K, std::size_t S, std::size_t W>
  void dense_lines(std::size_t b, std::size_t y, std::size_t height,
                   const TileChannels<T>& channels, T* result) {
    if (height == 2) {
      dense_line<K, S, 2, W>(b, y, channels, result);
    } else {
      dense_line<K, S, 1, W>(b, y, channels, result);
    }
  }

  template <std::size_t K, std::size_t S, std::size_t H, std::size_t W>
  HWY_NOINLINE void dense_line(std::size_t b, std::size_t y, const TileChannels<T>& channels,
                               T* result) {
    constexpr std::size_t high = (H - 1) * S + K, wide = (W - 1) * S + K;
    const auto &down = job_.rows.phases[0], &across = job_.columns.phases[0];
    const std::ptrdiff_t top = static_cast<std::ptrdiff_t>(y * S) + down[0].offset;
    DenseSource<T, high> source;
    bool cut = false;
    for (std::size_t r = 0; r < high; ++r) {
      const std::ptrdiff_t from = top + static_cast<std::ptrdiff_t>(r);
      const bool inside = from >= 0 && from < static_cast<std::ptrdiff_t>(job_.rows.sources);
      source.row[r] = inside ? rows_.row(b, static_cast<std::size_t>(from)) : nullptr;
      cut = cut || !inside;
    }
    source.pixel = static_cast<std::ptrdiff_t>(job_.channels);
    const T* w = weights(down[0], across[0]);
    const auto tap = static_cast<std::ptrdiff_t>(job_.channels) * (down[0].index == 0 ? 1 : -1);
    const std::size_t width = job_.columns.results;
    for (std::size_t next = 0; next < width; next += W) {
      const std::size_t x = std::min(next, width - W);  // may overlap the tile before
      source.place(static_cast<std::ptrdiff_t>(x * S) + across[0].offset, wide,
                   job_.columns.sources);
      T* to = result + x * job_.channels;
      if (cut || source.begin > 0 || source.end < wide) {
        dense_tile<K, S, H, W, true>(D(), source, w, tap, channels, to, line(), job_.channels);
      } else {
        dense_tile<K, S, H, W, false>(D(), source, w, tap, channels, to, line(), job_.channels);
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
    const bool seven = across.size() == 7 && apart == 1, three = across.size() == 3 && apart == 2;
    if (!seven && !three) return false;
    for (std::size_t h = 0; h < height; ++h) {
      points_.clear();
      for (const auto& tap : rows.phases[0]) {
        const std::size_t from = rows.source(y + h, tap);
        if (from == rows.sources) continue;
        points_.push_back({rows_.row(b, from), 0, weights(tap, across[0])});
      }
      T* line_result = result + h * line();
      seven ? wide_line<7, 1, 1, W>(channels, line_result)
            : wide_line<3, 1, 2, W>(channels, line_result);
    }
    return true;
  }

  template <std::size_t K, std::size_t S, std::size_t A, std::size_t W>
  HWY_NOINLINE void wide_line(const TileChannels<T>& channels, T* result) {
    constexpr std::size_t wide = (W - 1) * S + (K - 1) * A + 1;
    const auto& across = job_.columns.phases[0];
    const auto tap = static_cast<std::ptrdiff_t>(job_.channels) * (across[0].index == 0 ? 1 : -1);
    const std::size_t width = job_.columns.results;
    DenseColumns columns;
    columns.pixel = static_cast<std::ptrdiff_t>(job_.channels);
    for (std::size_t next = 0; next < width; next += W) {
      const std::size_t x = std::min(next, width - W);  // may overlap the tile before
      columns.place(static_cast<std::ptrdiff_t>(x * S) + across[0].offset, wide,
                    job_.columns.sources);
      T* to = result + x * job_.channels;
      if (columns.begin > 0 || columns.end < wide) {
        wide_tile<K, S, A, W, true>(D(), columns, points_.data(), points_.size(), tap, channels, to,
                                    job_.channels);
      } else {
        wide_tile<K, S, A, W, false>(D(), columns, points_.data(), points_.size(), tap, channels,
                                     to, job_.channels);
      }
    }
  }

  struct SourceRow {
    const T* at;
    GatherAxis::Tap tap;
  };

  const DepthwiseGather<T>& job_;
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
