// The gradient to a depthwise filter over images with one plane per channel: the columns are the
// lanes. Included once per instruction set.
#if defined(KERATIN_DEPTHWISE_PRODUCTS_PLANES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KERATIN_DEPTHWISE_PRODUCTS_PLANES_INL
#undef KERATIN_DEPTHWISE_PRODUCTS_PLANES_INL
#else
#define KERATIN_DEPTHWISE_PRODUCTS_PLANES_INL
#endif

#include <algorithm>
#include <cstddef>
#include <vector>

#include "depthwise_planes-inl.hpp"
#include "depthwise_products.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {

/// Two planes of equal width, a multiple of the lanes, with a line's distance in each.
template <class T>
struct PlanePair {
  const T* gradient;
  std::size_t x_step, g_step, height, width;
};

/// Adds to sums[i] the sum of products of the gradient and of the plane that starts at x[i].
template <std::size_t K, class D, class T>
HWY_NOINLINE void plane_products(D d, const T* const* x, const PlanePair<T>& planes, T* sums) {
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<D> acc[K];
  KERATIN_UNROLL
  for (std::size_t k = 0; k < K; ++k) acc[k] = hn::Zero(d);
  for (std::size_t y = 0; y < planes.height; ++y) {
    const T* g = planes.gradient + y * planes.g_step;
    const std::size_t at = y * planes.x_step;
    for (std::size_t i = 0; i < planes.width; i += lanes) {
      const auto value = hn::LoadU(d, g + i);
      KERATIN_UNROLL
      for (std::size_t k = 0; k < K; ++k) {
        acc[k] = hn::MulAdd(hn::LoadU(d, x[k] + at + i), value, acc[k]);
      }
    }
  }
  KERATIN_UNROLL
  for (std::size_t k = 0; k < K; ++k) sums[k] += hn::GetLane(hn::SumOfLanes(d, acc[k]));
}

/// Sums over a range of images for one input channel, on one thread.
template <class T>
class PlanesProducts {
 public:
  explicit PlanesProducts(const DepthwiseProducts<T>& job)
      : job_(job),
        lanes_(hn::Lanes(hn::ScalableTag<T>())),
        padded_(job.columns, lanes_),
        width_((job.columns.results + lanes_ - 1) / lanes_ * lanes_),
        gradient_(job.rows.results * width_),
        sums_(job.taps() + 1) {}

  /// `result` has the sums for each tap, then those of the gradient itself, for each channel.
  HWY_NOINLINE void sum_images(std::size_t begin, std::size_t end, std::size_t channel, T* result) {
    const std::size_t channels = job_.output_channels();
    for (std::size_t m = 0; m < job_.multiplier; ++m) {
      const std::size_t o = channel * job_.multiplier + m;
      std::fill(sums_.begin(), sums_.end(), T{0});
      for (std::size_t b = begin; b < end; ++b) {
        if (m == 0 || end - begin > 1) pack_input(b, channel);
        pack_gradient(b * channels + o);
        sum_plane();
      }
      for (std::size_t t = 0; t < sums_.size(); ++t) result[t * channels + o] = sums_[t];
    }
  }

 private:
  /// With zeros around it wherever a tap reads.
  void pack_input(std::size_t b, std::size_t channel) {
    const GatherAxis& rows = job_.rows;
    const auto& taps = rows.phases[0];
    std::ptrdiff_t low = 0, high = 0;
    if (!taps.empty()) {
      low = taps.front().offset;
      high = taps.back().offset;
    }
    top_ = low;
    const std::ptrdiff_t bottom = static_cast<std::ptrdiff_t>(rows.results - 1) * rows.step + high;
    input_.resize(static_cast<std::size_t>(bottom + 1 - top_) * padded_.pitch());
    const T* plane =
        job_.input + (b * job_.channels + channel) * rows.sources * job_.columns.sources;
    T* to = input_.data();
    for (std::ptrdiff_t y = top_; y <= bottom; ++y, to += padded_.pitch()) {
      const bool inside = y >= 0 && y < static_cast<std::ptrdiff_t>(rows.sources);
      padded_.copy(inside ? plane + static_cast<std::size_t>(y) * job_.columns.sources : nullptr,
                   to);
    }
  }

  void pack_gradient(std::size_t plane) {
    const std::size_t width = job_.columns.results;
    const T* from = job_.output_gradient + plane * job_.rows.results * width;
    T* to = gradient_.data();
    for (std::size_t y = 0; y < job_.rows.results; ++y, from += width, to += width_) {
      std::fill(std::copy_n(from, width, to), to + width_, T{0});
    }
  }

  void sum_plane() {
    const PlanePair<T> planes{gradient_.data(),
                              padded_.pitch() * static_cast<std::size_t>(job_.rows.step), width_,
                              job_.rows.results, width_};
    points_.clear();
    for (const auto& row : job_.rows.phases[0]) {
      const T* line = input_.data() + static_cast<std::size_t>(row.offset - top_) * padded_.pitch();
      for (const auto& column : job_.columns.phases[0]) {
        points_.push_back(line + padded_.position(column.offset));
      }
    }
    const std::size_t taps = points_.size(), pieces = (taps + most - 1) / most;
    for (std::size_t i = 0; i < pieces; ++i) {
      const std::size_t begin = taps * i / pieces, end = taps * (i + 1) / pieces;
      products(end - begin, points_.data() + begin, planes, sums_.data() + begin);
    }
    if (job_.bias_gradient) {
      T& sum = sums_[taps];
      for (const T value : gradient_) sum += value;
    }
  }

  void products(std::size_t taps, const T* const* x, const PlanePair<T>& planes, T* sums) {
    using D = hn::ScalableTag<T>;
    switch (taps) {
      case 1:
        return plane_products<1>(D(), x, planes, sums);
      case 2:
        return plane_products<2>(D(), x, planes, sums);
      case 3:
        return plane_products<3>(D(), x, planes, sums);
      case 4:
        return plane_products<4>(D(), x, planes, sums);
      case 5:
        return plane_products<5>(D(), x, planes, sums);
      case 6:
        return plane_products<6>(D(), x, planes, sums);
      case 7:
        return plane_products<7>(D(), x, planes, sums);
      case 8:
        return plane_products<8>(D(), x, planes, sums);
      default:
        return plane_products<most>(D(), x, planes, sums);
    }
  }

  static constexpr std::size_t most = 9;  // taps at a time

  const DepthwiseProducts<T>& job_;
  std::size_t lanes_;
  PaddedLine<T> padded_;
  std::size_t width_;
  std::ptrdiff_t top_ = 0;
  Buffer<T> input_, gradient_, sums_;
  std::vector<const T*> points_;
};

}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#endif
