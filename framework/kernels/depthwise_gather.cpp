#include "depthwise_gather.hpp"

#include <algorithm>

#include "../base/parallel.hpp"
#include "simd.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/depthwise_gather.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h:
#include "depthwise_gather_channels-inl.hpp"
#include "depthwise_gather_planes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {
namespace {

/// Multiplications that are worth a thread.
constexpr std::size_t grain = 65536;

template <class T>
std::size_t products(const DepthwiseGather<T>& job) {
  std::size_t taps = 0;
  for (const auto& phase : job.rows.phases) taps += phase.size();
  return std::max<std::size_t>(1, taps * job.filter_width / job.rows.phases.size());
}

template <class D, class T>
void gather_channels(D, const DepthwiseGather<T>& job) {
  using Gather = ChannelsGather<D>;
  const std::size_t tiles = Gather::tiles(job);
  const std::size_t work =
      products(job) * job.columns.results * job.channels * Gather::tile_height(job);
  const TapVectors<D> weights(job);
  parallel_for(job.batch * tiles, 1 + grain / work, [&](std::size_t begin, std::size_t end) {
    Gather gather(job, weights);
    while (begin < end) {
      const std::size_t image = begin / tiles, last = std::min(end, (image + 1) * tiles);
      gather.tiles(image, begin - image * tiles, last - image * tiles);
      begin = last;
    }
  });
}

template <class T>
void gather_planes(const DepthwiseGather<T>& job) {
  using Gather = PlanesGather<T>;
  const std::size_t groups = Gather::groups(job), blocks = Gather::blocks(job);
  const std::size_t work = products(job) * job.columns.results * Gather::block_rows(job);
  parallel_for(job.batch * groups * blocks, 1 + grain / work,
               [&](std::size_t begin, std::size_t end) {
                 Gather gather(job);
                 for (std::size_t i = begin; i < end; ++i) {
                   gather.block(i / blocks / groups, i / blocks % groups, i % blocks);
                 }
               });
}

template <class T>
void gather(const DepthwiseGather<T>& job) {
  const std::size_t channels = job.channels;
  if (job.layout == Layout::nchw || channels == 1) return gather_planes(job);
  const hn::ScalableTag<T> widest;
  if (channels >= hn::Lanes(widest)) return gather_channels(widest, job);
  if (channels >= 8) return gather_channels(hn::CappedTag<T, 8>(), job);
  if (channels >= 4) return gather_channels(hn::CappedTag<T, 4>(), job);
  gather_channels(hn::CappedTag<T, 2>(), job);
}

// HWY_EXPORT takes a plain name, so each element type has one.
void gather_f32(const DepthwiseGather<float>& job) { gather(job); }
void gather_f64(const DepthwiseGather<double>& job) { gather(job); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace keratin::kernels {

HWY_EXPORT(gather_f32);
HWY_EXPORT(gather_f64);

template <>
void depthwise_gather(const DepthwiseGather<float>& job) {
  HWY_DYNAMIC_DISPATCH(gather_f32)(job);
}
template <>
void depthwise_gather(const DepthwiseGather<double>& job) {
  HWY_DYNAMIC_DISPATCH(gather_f64)(job);
}

}  // namespace keratin::kernels
#endif
