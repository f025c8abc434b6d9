#include "tanh_scores.hpp"

#include <algorithm>
#include <vector>

#include "../../framework/base/parallel.hpp"
#include "../../framework/kernels/elementwise.hpp"
#include "../../framework/kernels/scratch.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

constexpr std::size_t grain = 4096;

struct Sizes {
  Sizes(const Tensor& query, const Tensor& key)
      : batch(query.shape(0)), targets(query.shape(1)), sources(key.shape(1)), n(query.shape(2)) {}
  std::size_t batch, targets, sources, n;
};

/// h(s, d) = tanh(inner * (query(d) + key(s, d))) for one target.
void hidden(const Sizes& size, real inner, const real* query, const real* key, real* h) {
  for (std::size_t s = 0; s < size.sources; ++s) {
    for (std::size_t d = 0; d < size.n; ++d)
      h[s * size.n + d] = inner * (query[d] + key[s * size.n + d]);
  }
  kernels::tanh(size.sources * size.n, h, h);
}

}  // namespace

Tensor TanhScores::operator()(const Tensor& query, const Tensor& key) const {
  const Sizes size(query, key);
  Tensor scores = empty({static_cast<Dim>(size.batch), static_cast<Dim>(size.targets),
                         static_cast<Dim>(size.sources)});
  const std::size_t work = size.sources * size.n + 1;
  parallel_for(
      size.batch * size.targets, grain / work + 1, [&](std::size_t begin, std::size_t end) {
        const kernels::Scratch<real> h(size.sources * size.n);
        for (std::size_t row = begin; row < end; ++row) {
          hidden(size, inner, query.data() + row * size.n,
                 key.data() + row / size.targets * size.sources * size.n, h.data());
          for (std::size_t s = 0; s < size.sources; ++s) {
            double sum = 0;
            for (std::size_t d = 0; d < size.n; ++d)
              sum += double{h.data()[s * size.n + d]} * (weights ? double{weights[d]} : 1.0);
            scores.data()[row * size.sources + s] = static_cast<real>(double{outer} * sum);
          }
        }
      });
  return scores;
}

TanhScores::Gradients TanhScores::gradients(const Tensor& query, const Tensor& key,
                                            const Tensor& score_gradient) const {
  const Sizes size(query, key);
  const auto n = static_cast<Dim>(size.n);
  Gradients all{zeros(shape_of(query)), zeros(shape_of(key)), zeros({n}), 0, 0};
  // The sums of each sample, added in their order: the same with any number of threads.
  Tensor weight_sums = zeros({static_cast<Dim>(size.batch), n});
  std::vector<double> inner_sums(size.batch), outer_sums(size.batch);
  parallel_for(size.batch, 1, [&](std::size_t begin, std::size_t end) {
    const kernels::Scratch<real> scratch(size.sources * size.n);
    for (std::size_t b = begin; b < end; ++b) {
      const real* const k = key.data() + b * size.sources * size.n;
      real* const dk = all.key.data() + b * size.sources * size.n;
      real* const dw = weight_sums.data() + b * size.n;
      for (std::size_t t = 0; t < size.targets; ++t) {
        const std::size_t row = b * size.targets + t;
        const real* const q = query.data() + row * size.n;
        real* const dq = all.query.data() + row * size.n;
        hidden(size, inner, q, k, scratch.data());
        for (std::size_t s = 0; s < size.sources; ++s) {
          const real dy = score_gradient.data()[row * size.sources + s];
          const real* const h = scratch.data() + s * size.n;
          for (std::size_t d = 0; d < size.n; ++d) {
            const real weight = weights ? weights[d] : real{1};
            const real slope = dy * outer * weight * (1 - h[d] * h[d]);
            dq[d] += slope * inner;
            dk[s * size.n + d] += slope * inner;
            dw[d] += dy * outer * h[d];
            inner_sums[b] += double{slope} * double{q[d] + k[s * size.n + d]};
            outer_sums[b] += double{dy} * double{weight} * double{h[d]};
          }
        }
      }
    }
  });
  for (std::size_t b = 0; b < size.batch; ++b) {
    for (std::size_t d = 0; d < size.n; ++d)
      all.weights.data()[d] += weight_sums.data()[b * size.n + d];
    all.inner += inner_sums[b];
    all.outer += outer_sums[b];
  }
  return all;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
