// The depthwise gather over images with one plane per channel: the columns are the lanes. Included
// once per instruction set.
#if defined(KERATIN_DEPTHWISE_GATHER_PLANES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KERATIN_DEPTHWISE_GATHER_PLANES_INL
#undef KERATIN_DEPTHWISE_GATHER_PLANES_INL
#else
#define KERATIN_DEPTHWISE_GATHER_PLANES_INL
#endif

#include <algorithm>
#include <cstddef>
#include <vector>

#include "depthwise_gather.hpp"
#include "depthwise_gather_tiles-inl.hpp"
#include "depthwise_planes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {

/// A tap of a padded plane, where it reads for the first result.
template <class T>
struct PlanePoint {
  const T* at;
  T weight;
};

/// A vector of columns in each of H rows.
template <std::size_t H, class D, class T>
HWY_NOINLINE void plane_tile(D d, const PlanePoint<T>* points, std::size_t count, std::size_t at,
                             std::size_t step, const TileChannels<T>& channels, T* result,
                             std::size_t result_step) {
  hn::Vec<D> sums[H][1];
  const auto bias = channels.bias ? hn::Set(d, *channels.bias) : hn::Zero(d);
  KERATIN_UNROLL
  for (std::size_t h = 0; h < H; ++h) sums[h][0] = bias;
  for (const PlanePoint<T>* point = points; point != points + count; ++point) {
    const auto weight = hn::Set(d, point->weight);
    const T* x = point->at + at;
    KERATIN_UNROLL
    for (std::size_t h = 0; h < H; ++h) {
      sums[h][0] = hn::MulAdd(hn::LoadU(d, x + h * step), weight, sums[h][0]);
    }
  }
  TileStore<D>(d, channels)(d, sums, result, result_step, 0);
}

/// Computes blocks of rows of a group's planes on one thread. A group is a source plane and the
/// results it serves (forward), or a result plane and the sources summed in it.
template <class T>
class PlanesGather {
 public:
  explicit PlanesGather(const DepthwiseGather<T>& job)
      : job_(job), padded_(job.columns, hn::Lanes(hn::ScalableTag<T>())) {}

  static std::size_t groups(const DepthwiseGather<T>& job) {
    return job.channels / std::max(job.source_multiplier, job.result_multiplier);
  }
  /// Rows computed at a time: their source rows should stay in the first-level cache.
  static std::size_t block_rows(const DepthwiseGather<T>& job) {
    const std::size_t unit = 8 * job.rows.phases.size();
    const std::size_t line = (job.columns.sources + 1) * static_cast<std::size_t>(job.rows.step);
    return unit * std::max<std::size_t>(1, 24576 / (unit * line * sizeof(T)));
  }
  static std::size_t blocks(const DepthwiseGather<T>& job) {
    return (job.rows.results + block_rows(job) - 1) / block_rows(job);
  }

  HWY_NOINLINE void block(std::size_t b, std::size_t group, std::size_t index) {
    const std::size_t sources = job_.result_multiplier, results = job_.source_multiplier;
    const std::size_t phases = job_.rows.phases.size(), rows = block_rows(job_);
    first_ = index * rows / phases;
    last_ = std::min((index + 1) * rows / phases, job_.rows.count(0));
    const std::size_t plane = job_.rows.sources * job_.columns.sources;
    const std::size_t source = (b * groups(job_) + group) * sources;
    pack(job_.source + source * plane, sources, plane);
    for (std::size_t r = 0; r < results; ++r) {
      const std::size_t channel = group * results + r;
      T* to = job_.result +
              (b * groups(job_) * results + channel) * job_.rows.results * job_.columns.results;
      const T* bias = job_.bias ? job_.bias + channel : nullptr;
      const TileChannels<T> channels{channel, channel + 1, bias, static_cast<T>(job_.clamp.lower),
                                     static_cast<T>(job_.clamp.upper)};
      for (std::size_t p = 0; p < phases; ++p) {
        for (std::size_t q = 0; q < job_.columns.phases.size(); ++q) {
          list_points(group * sources * results + r, sources, p, q);
          compute(p, q, channels, to);
        }
      }
    }
  }

 private:
  /// Copies the source rows that the block reads, with zeros around them.
  void pack(const T* source, std::size_t planes, std::size_t plane) {
    std::ptrdiff_t low = 0, high = 0;
    for (const auto& taps : job_.rows.phases) {
      for (const auto& tap : taps) {
        low = std::min(low, tap.offset);
        high = std::max(high, tap.offset);
      }
    }
    top_ = static_cast<std::ptrdiff_t>(first_) * job_.rows.step + low;
    const std::ptrdiff_t bottom =
        static_cast<std::ptrdiff_t>(std::max(last_, first_ + 1) - 1) * job_.rows.step + high + 1;
    height_ = static_cast<std::size_t>(bottom - top_);
    const auto limit = static_cast<std::ptrdiff_t>(job_.rows.sources);
    packed_.resize(planes * height_ * padded_.pitch());
    T* to = packed_.data();
    for (std::size_t i = 0; i < planes; ++i, source += plane) {
      for (std::ptrdiff_t y = top_; y < bottom; ++y, to += padded_.pitch()) {
        const bool inside = y >= 0 && y < limit;
        padded_.copy(
            inside ? source + y * static_cast<std::ptrdiff_t>(job_.columns.sources) : nullptr, to);
      }
    }
  }

  void list_points(std::size_t channel, std::size_t sources, std::size_t p, std::size_t q) {
    points_.clear();
    for (std::size_t s = 0; s < sources; ++s) {
      for (const auto& row : job_.rows.phases[p]) {
        const auto y = static_cast<std::size_t>(
            static_cast<std::ptrdiff_t>(first_) * job_.rows.step + row.offset - top_);
        for (const auto& column : job_.columns.phases[q]) {
          const T* at = packed_.data() + (s * height_ + y) * padded_.pitch() +
                        padded_.position(column.offset);
          const std::size_t tap = row.index * job_.filter_width + column.index;
          points_.push_back({at, job_.filter[tap * job_.channels + channel + s]});
        }
      }
    }
  }

  void compute(std::size_t p, std::size_t q, const TileChannels<T>& channels, T* result) {
    const std::size_t end = std::min(last_, job_.rows.count(p));
    for (std::size_t row = first_; row < end; row += 8) {
      tiles(p, q, row, std::min<std::size_t>(8, end - row), channels, result);
    }
  }

  void tiles(std::size_t p, std::size_t q, std::size_t row, std::size_t height,
             const TileChannels<T>& channels, T* result) {
    const hn::ScalableTag<T> d;
    const std::size_t lanes = hn::Lanes(d);
    const std::size_t phases = job_.columns.phases.size(), width = job_.columns.count(q);
    const std::size_t line = job_.columns.results * job_.rows.phases.size();
    const std::size_t step = padded_.pitch() * static_cast<std::size_t>(job_.rows.step);
    T* to = result + row * line + p * job_.columns.results + q;
    HWY_ALIGN T apart[8 * hn::MaxLanes(d)];
    for (std::size_t x = 0; x < width; x += lanes) {
      const bool direct = phases == 1 && x + lanes <= width;
      T* at = direct ? to + x : apart;
      tile(height, (row - first_) * step + x, step, channels, at, direct ? line : lanes);
      if (direct) continue;
      const std::size_t count = std::min(lanes, width - x);
      for (std::size_t h = 0; h < height; ++h) {
        for (std::size_t i = 0; i < count; ++i)
          to[h * line + (x + i) * phases] = apart[h * lanes + i];
      }
    }
  }

  void tile(std::size_t height, std::size_t at, std::size_t step, const TileChannels<T>& channels,
            T* result, std::size_t result_step) {
    using D = hn::ScalableTag<T>;
    const auto run = [&](auto function) {
      function(D(), points_.data(), points_.size(), at, step, channels, result, result_step);
    };
    switch (height) {
      case 1:
        return run(plane_tile<1, D, T>);
      case 2:
        return run(plane_tile<2, D, T>);
      case 3:
        return run(plane_tile<3, D, T>);
      case 4:
        return run(plane_tile<4, D, T>);
      case 5:
        return run(plane_tile<5, D, T>);
      case 6:
        return run(plane_tile<6, D, T>);
      case 7:
        return run(plane_tile<7, D, T>);
      default:
        return run(plane_tile<8, D, T>);
    }
  }

  const DepthwiseGather<T>& job_;
  PaddedLine<T> padded_;
  std::size_t first_ = 0, last_ = 0, height_ = 0;
  std::ptrdiff_t top_ = 0;
  Buffer<T> packed_;
  std::vector<PlanePoint<T>> points_;
};

}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#endif
