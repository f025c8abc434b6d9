#include "pooling.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "../base/parallel.hpp"
#include "simd.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/pooling.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#ifndef KERATIN_KERNELS_POOLING_ONCE
#define KERATIN_KERNELS_POOLING_ONCE
namespace keratin::kernels {
namespace {

/// The part [begin, end) of an axis that a window covers, padding left out.
struct Span {
  std::size_t begin, end;
};

/// One window: spans of the three axes of an image whose rows and planes are `strides` apart.
template <class T>
struct Window {
  std::array<Span, 3> spans;
  std::array<std::size_t, 3> strides;

  std::size_t count() const {
    std::size_t product = 1;
    for (const Span& span : spans) product *= span.end - span.begin;
    return product;
  }
};

/// A row of windows along the last axis. `x` and `y` are one image's input (or its gradient) and
/// the row of the output.
template <class T>
struct Row {
  Window<T> window;  // the last axis is still to be filled in
  const std::vector<Span>& last_axis;
  std::size_t channels;    // of a pixel
  std::size_t first, end;  // the channels to do
  bool store;              // no other window meets these inputs: store gradients, do not add
};

}  // namespace
}  // namespace keratin::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// Calls `visit(offset)` for each tap of the window in row-major order.
template <class T, class Visit>
HWY_INLINE void for_each_tap(const Window<T>& w, const Visit& visit) {
  for (std::size_t i = w.spans[0].begin; i < w.spans[0].end; ++i) {
    for (std::size_t j = w.spans[1].begin; j < w.spans[1].end; ++j) {
      const std::size_t row = i * w.strides[0] + j * w.strides[1];
      for (std::size_t k = w.spans[2].begin; k < w.spans[2].end; ++k) {
        visit(row + k * w.strides[2]);
      }
    }
  }
}

template <std::size_t vectors, bool is_max, class D, class T>
HWY_INLINE void reduce(D d, const Window<T>& window, const T* x, T* y) {
  using V = hn::Vec<D>;
  const std::size_t lanes = hn::Lanes(d);
  V result[vectors];
  KERATIN_UNROLL
  for (std::size_t v = 0; v < vectors; ++v) {
    result[v] = is_max ? hn::Set(d, -std::numeric_limits<T>::infinity()) : hn::Zero(d);
  }
  for_each_tap(window, [&](std::size_t offset) HWY_ATTR {
    KERATIN_UNROLL
    for (std::size_t v = 0; v < vectors; ++v) {
      const V value = hn::LoadU(d, x + offset + v * lanes);
      if constexpr (is_max) {
        result[v] = hn::IfThenElse(hn::Gt(value, result[v]), value, result[v]);
      } else {
        result[v] = hn::Add(result[v], value);
      }
    }
  });
  const V count = hn::Set(d, static_cast<T>(std::max<std::size_t>(window.count(), 1)));
  KERATIN_UNROLL
  for (std::size_t v = 0; v < vectors; ++v) {
    if constexpr (!is_max) result[v] = hn::Div(result[v], count);
    hn::StoreU(result[v], d, y + v * lanes);
  }
}

template <class D, class T>
HWY_INLINE void give(D d, hn::Vec<D> gradient, T* dx, bool store) {
  hn::StoreU(store ? gradient : hn::Add(hn::LoadU(d, dx), gradient), d, dx);
}

template <class D, class T>
HWY_INLINE void give_to_largest(D d, const Window<T>& window, const T* x, const T* dy, T* dx,
                                bool store) {
  // Taps are numbered in the element type: a window has far fewer than 2^24.
  const auto one = hn::Set(d, T{1});
  auto largest = hn::Set(d, -std::numeric_limits<T>::infinity());
  auto place = hn::Set(d, T{-1}), tap = hn::Zero(d);
  for_each_tap(window, [&](std::size_t offset) HWY_ATTR {
    const auto value = hn::LoadU(d, x + offset);
    // The first tap always, later ones if larger: thus -infinity and NaN have a place too.
    const auto larger = hn::Or(hn::Gt(value, largest), hn::Eq(place, hn::Set(d, T{-1})));
    largest = hn::IfThenElse(larger, value, largest);
    place = hn::IfThenElse(larger, tap, place);
    tap = hn::Add(tap, one);
  });
  const auto gradient = hn::LoadU(d, dy);
  tap = hn::Zero(d);
  for_each_tap(window, [&](std::size_t offset) HWY_ATTR {
    give(d, hn::IfThenElseZero(hn::Eq(place, tap), gradient), dx + offset, store);
    tap = hn::Add(tap, one);
  });
}

template <class D, class T>
HWY_INLINE void give_to_all(D d, const Window<T>& window, const T* dy, T* dx, bool store) {
  const std::size_t count = std::max<std::size_t>(window.count(), 1);
  const auto share = hn::Div(hn::LoadU(d, dy), hn::Set(d, static_cast<T>(count)));
  for_each_tap(window, [&](std::size_t offset) HWY_ATTR { give(d, share, dx + offset, store); });
}

template <bool is_max, class T>
void forward_row(Row<T> row, const T* x, T* y) {
  const hn::ScalableTag<T> d;
  const hn::CappedTag<T, 1> one;
  const std::size_t lanes = hn::Lanes(d);
  for (const Span& span : row.last_axis) {
    row.window.spans[2] = span;
    std::size_t c = row.first;
    for (; c + 4 * lanes <= row.end; c += 4 * lanes) {
      reduce<4, is_max>(d, row.window, x + c, y + c);
    }
    for (; c + lanes <= row.end; c += lanes) reduce<1, is_max>(d, row.window, x + c, y + c);
    for (; c < row.end; ++c) reduce<1, is_max>(one, row.window, x + c, y + c);
    y += row.channels;
  }
}

/// `x` is null for the mean.
template <class T>
void backward_row(Row<T> row, const T* x, const T* dy, T* dx) {
  const hn::ScalableTag<T> d;
  const hn::CappedTag<T, 1> one;
  const std::size_t lanes = hn::Lanes(d);
  for (const Span& span : row.last_axis) {
    row.window.spans[2] = span;
    std::size_t c = row.first;
    if (x) {
      for (; c + lanes <= row.end; c += lanes) {
        give_to_largest(d, row.window, x + c, dy + c, dx + c, row.store);
      }
      for (; c < row.end; ++c) {
        give_to_largest(one, row.window, x + c, dy + c, dx + c, row.store);
      }
    } else {
      for (; c + lanes <= row.end; c += lanes) {
        give_to_all(d, row.window, dy + c, dx + c, row.store);
      }
      for (; c < row.end; ++c) give_to_all(one, row.window, dy + c, dx + c, row.store);
    }
    dy += row.channels;
  }
}

void max_row_f32(const Row<float>& row, const float* x, float* y) { forward_row<true>(row, x, y); }
void max_row_f64(const Row<double>& row, const double* x, double* y) {
  forward_row<true>(row, x, y);
}
void mean_row_f32(const Row<float>& row, const float* x, float* y) {
  forward_row<false>(row, x, y);
}
void mean_row_f64(const Row<double>& row, const double* x, double* y) {
  forward_row<false>(row, x, y);
}
void backward_row_f32(const Row<float>& row, const float* x, const float* dy, float* dx) {
  backward_row(row, x, dy, dx);
}
void backward_row_f64(const Row<double>& row, const double* x, const double* dy, double* dx) {
  backward_row(row, x, dy, dx);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace keratin::kernels {
namespace {

HWY_EXPORT(max_row_f32);
HWY_EXPORT(max_row_f64);
HWY_EXPORT(mean_row_f32);
HWY_EXPORT(mean_row_f64);
HWY_EXPORT(backward_row_f32);
HWY_EXPORT(backward_row_f64);

std::size_t volume(const std::array<std::size_t, 3>& grid) { return grid[0] * grid[1] * grid[2]; }

std::array<std::vector<Span>, 3> spans_of(const PoolSizes& s) {
  std::array<std::vector<Span>, 3> spans;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::size_t pad = s.pad_before[axis];
    for (std::size_t i = 0; i < s.out[axis]; ++i) {
      const std::size_t start = i * s.stride[axis], end = start + s.pool[axis];
      const std::size_t begin = std::min(std::max(start, pad) - pad, s.in[axis]);
      spans[axis].push_back(
          {begin, std::max(begin, std::min(std::max(end, pad) - pad, s.in[axis]))});
    }
  }
  return spans;
}

/// Calls `visit(row, image, row_index)` for the rows of windows [begin, end) of all images.
template <class T, class Visit>
void for_each_row(const PoolSizes& s, const std::array<std::vector<Span>, 3>& spans,
                  std::size_t begin, std::size_t end, const Visit& visit) {
  const std::size_t pixel_row = s.in[2] * s.channels;
  Row<T> row{{{}, {s.in[1] * pixel_row, pixel_row, s.channels}},
             spans[2],
             s.channels,
             0,
             s.channels,
             false};
  for (std::size_t i = begin; i < end; ++i) {
    row.window.spans[0] = spans[0][i / s.out[1] % s.out[0]];
    row.window.spans[1] = spans[1][i % s.out[1]];
    visit(row, i / (s.out[0] * s.out[1]), i);
  }
}

template <class T, class Kernel>
void forward(const T* input, T* output, const PoolSizes& s, const Kernel& kernel) {
  const auto spans = spans_of(s);
  const std::size_t image = volume(s.in) * s.channels, out_row = s.out[2] * s.channels;
  const std::size_t work = out_row * volume(s.pool);
  parallel_for(s.batch * s.out[0] * s.out[1], 16384 / (work + 1) + 1,
               [&](std::size_t begin, std::size_t end) {
                 for_each_row<T>(s, spans, begin, end,
                                 [&](const Row<T>& row, std::size_t b, std::size_t i) {
                                   kernel(row, input + b * image, output + i * out_row);
                                 });
               });
}

/// Whether windows along the axis never share an input, and whether they meet every input.
bool disjoint(const PoolSizes& s, std::size_t axis) { return s.stride[axis] >= s.pool[axis]; }
bool covering(const PoolSizes& s, std::size_t axis) {
  return s.stride[axis] <= s.pool[axis] && s.out[axis] > 0 &&
         (s.out[axis] - 1) * s.stride[axis] + s.pool[axis] >= s.in[axis] + s.pad_before[axis];
}

template <class T, class Kernel>
void backward(const T* input, const T* output_gradient, T* input_gradient, const PoolSizes& s,
              const Kernel& kernel) {
  const auto spans = spans_of(s);
  const std::size_t image = volume(s.in) * s.channels, out_row = s.out[2] * s.channels;
  const std::size_t image_rows = s.out[0] * s.out[1];
  const bool separate = disjoint(s, 0) && disjoint(s, 1);
  const bool store = separate && disjoint(s, 2);
  if (!(store && covering(s, 0) && covering(s, 1) && covering(s, 2))) {
    parallel_for(s.batch * image, 65536, [&](std::size_t begin, std::size_t end) {
      std::fill(input_gradient + begin, input_gradient + end, T{0});
    });
  }
  // Where rows of windows overlap, a thread does all rows of some channels of an image, so that
  // each sum has one owner and one order.
  constexpr std::size_t slice = 64;
  const std::size_t slices = separate ? 1 : (s.channels + slice - 1) / slice;
  const std::size_t tasks = separate ? s.batch * image_rows : s.batch * slices;
  const std::size_t work = out_row * volume(s.pool) * (separate ? 1 : image_rows / (slices + 1));
  parallel_for(tasks, 16384 / (work + 1) + 1, [&](std::size_t begin, std::size_t end) {
    const auto run = [&](std::size_t first_row, std::size_t last_row, std::size_t c,
                         std::size_t end_c) {
      for_each_row<T>(s, spans, first_row, last_row, [&](Row<T> row, std::size_t b, std::size_t i) {
        row.first = c;
        row.end = end_c;
        row.store = store;
        kernel(row, input ? input + b * image : nullptr, output_gradient + i * out_row,
               input_gradient + b * image);
      });
    };
    if (separate) return run(begin, end, 0, s.channels);
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t b = i / slices, c = i % slices * slice;
      run(b * image_rows, (b + 1) * image_rows, c, std::min(c + slice, s.channels));
    }
  });
}

}  // namespace

template <>
void max_pool_forward(const float* input, float* output, const PoolSizes& s) {
  forward(input, output, s, HWY_DYNAMIC_DISPATCH(max_row_f32));
}
template <>
void max_pool_forward(const double* input, double* output, const PoolSizes& s) {
  forward(input, output, s, HWY_DYNAMIC_DISPATCH(max_row_f64));
}
template <>
void max_pool_backward(const float* input, const float* output_gradient, float* input_gradient,
                       const PoolSizes& s) {
  backward(input, output_gradient, input_gradient, s, HWY_DYNAMIC_DISPATCH(backward_row_f32));
}
template <>
void max_pool_backward(const double* input, const double* output_gradient, double* input_gradient,
                       const PoolSizes& s) {
  backward(input, output_gradient, input_gradient, s, HWY_DYNAMIC_DISPATCH(backward_row_f64));
}
template <>
void average_pool_forward(const float* input, float* output, const PoolSizes& s) {
  forward(input, output, s, HWY_DYNAMIC_DISPATCH(mean_row_f32));
}
template <>
void average_pool_forward(const double* input, double* output, const PoolSizes& s) {
  forward(input, output, s, HWY_DYNAMIC_DISPATCH(mean_row_f64));
}
template <>
void average_pool_backward(const float* output_gradient, float* input_gradient,
                           const PoolSizes& s) {
  const float* none = nullptr;
  backward(none, output_gradient, input_gradient, s, HWY_DYNAMIC_DISPATCH(backward_row_f32));
}
template <>
void average_pool_backward(const double* output_gradient, double* input_gradient,
                           const PoolSizes& s) {
  const double* none = nullptr;
  backward(none, output_gradient, input_gradient, s, HWY_DYNAMIC_DISPATCH(backward_row_f64));
}

}  // namespace keratin::kernels
#endif
