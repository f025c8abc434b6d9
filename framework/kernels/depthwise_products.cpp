#include "depthwise_products.hpp"

#include <algorithm>

#include "../base/parallel.hpp"
#include "scratch.hpp"
#include "simd.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/depthwise_products.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h:
#include "depthwise_products_channels-inl.hpp"
#include "depthwise_products_planes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {
namespace {

/// Multiplications that are worth a thread.
constexpr std::size_t grain = 65536;

/// The sizes alone say into how many pieces the sums are cut, and they are put together in order,
/// so that the bits don't depend on the number of threads. The pieces' results should be small
/// next to what is summed.
template <class T>
std::size_t pieces(const DepthwiseProducts<T>& job, std::size_t items) {
  const std::size_t pixels = job.batch * job.rows.results * job.columns.results;
  const std::size_t most = std::clamp<std::size_t>(pixels / (16 * (job.taps() + 1)), 8, 64);
  return std::max<std::size_t>(1, std::min(items, most));
}

/// result = the sum of `count` vectors, `step` apart.
template <class D, class T>
HWY_INLINE void add_rows(D d, const T* from, std::size_t step, std::size_t count, T* result) {
  auto sum = hn::LoadU(d, from);
  for (std::size_t i = 1; i < count; ++i) sum = hn::Add(sum, hn::LoadU(d, from + i * step));
  hn::StoreU(sum, d, result);
}

template <class T>
void combine(const T* partial, std::size_t step, std::size_t count, std::size_t size, T* result) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) add_rows(d, partial + i, step, count, result + i);
  for (; i < size; ++i) add_rows(hn::CappedTag<T, 1>(), partial + i, step, count, result + i);
}

/// Sums the pieces' results, one after the other.
template <class T>
void combine(const DepthwiseProducts<T>& job, const T* partial, std::size_t count) {
  const std::size_t taps = job.taps() * job.output_channels();
  const std::size_t size = taps + job.output_channels();
  combine(partial, size, count, taps, job.filter_gradient);
  if (!job.bias_gradient) return;
  combine(partial + taps, size, count, job.output_channels(), job.bias_gradient);
}

template <class D, class T>
void sum_channels(D, const DepthwiseProducts<T>& job) {
  const std::size_t size = (job.taps() + 1) * job.output_channels();
  // Rows are summed in pairs.
  const std::size_t rows = job.batch * job.rows.results, pairs = (rows + 1) / 2;
  const std::size_t count = pieces(job, pairs);
  const std::size_t work = size * job.columns.results * rows / count;
  const Scratch<T> partial(count * size);
  parallel_for(
      count, 1 + grain / std::max<std::size_t>(1, work), [&](std::size_t begin, std::size_t end) {
        ChannelsProducts<D> products(job);
        for (std::size_t i = begin; i < end; ++i) {
          const std::size_t first = pairs * i / count * 2, last = pairs * (i + 1) / count * 2;
          products.sum_rows(first, std::min(rows, last), partial.data() + i * size);
        }
      });
  combine(job, partial.data(), count);
}

template <class T>
void sum_planes(const DepthwiseProducts<T>& job) {
  const std::size_t size = (job.taps() + 1) * job.output_channels();
  const std::size_t count = std::min<std::size_t>(pieces(job, job.batch), 8);
  const std::size_t pixels = job.rows.results * job.columns.results;
  const std::size_t work = (job.taps() + 1) * job.multiplier * pixels * job.batch / count;
  const Scratch<T> partial(count * size);
  parallel_for(count * job.channels, 1 + grain / std::max<std::size_t>(1, work),
               [&](std::size_t begin, std::size_t end) {
                 PlanesProducts<T> products(job);
                 for (std::size_t i = begin; i < end; ++i) {
                   const std::size_t piece = i / job.channels;
                   products.sum_images(job.batch * piece / count, job.batch * (piece + 1) / count,
                                       i % job.channels, partial.data() + piece * size);
                 }
               });
  combine(job, partial.data(), count);
}

template <class T>
void sum(const DepthwiseProducts<T>& job) {
  const std::size_t channels = job.output_channels();
  if (job.layout == Layout::nchw || channels == 1) return sum_planes(job);
  const hn::ScalableTag<T> widest;
  if (channels >= hn::Lanes(widest)) return sum_channels(widest, job);
  if (channels >= 8) return sum_channels(hn::CappedTag<T, 8>(), job);
  if (channels >= 4) return sum_channels(hn::CappedTag<T, 4>(), job);
  sum_channels(hn::CappedTag<T, 2>(), job);
}

// HWY_EXPORT takes a plain name, so each element type has one.
void products_f32(const DepthwiseProducts<float>& job) { sum(job); }
void products_f64(const DepthwiseProducts<double>& job) { sum(job); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace keratin::kernels {

HWY_EXPORT(products_f32);
HWY_EXPORT(products_f64);

template <>
void depthwise_products(const DepthwiseProducts<float>& job) {
  HWY_DYNAMIC_DISPATCH(products_f32)(job);
}
template <>
void depthwise_products(const DepthwiseProducts<double>& job) {
  HWY_DYNAMIC_DISPATCH(products_f64)(job);
}

}  // namespace keratin::kernels
#endif
