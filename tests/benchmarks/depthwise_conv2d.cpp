#include "../../framework/kernels/depthwise_conv2d.hpp"

#include <string>
#include <vector>

#include "../../framework/base/pool_allocator.hpp"
#include "depthwise_peers.hpp"
#include "harness.hpp"

namespace benchmarks {

namespace {

using keratin::kernels::DepthwiseConv2DSizes;
using keratin::kernels::Layout;

/// With Keras's padding "same".
DepthwiseConv2DSizes same(std::size_t batch, std::size_t size, std::size_t channels,
                          std::size_t kernel, std::size_t stride, std::size_t dilation,
                          std::size_t multiplier) {
  const std::size_t out = (size + stride - 1) / stride;
  const std::size_t reach = (out - 1) * stride + (kernel - 1) * dilation + 1;
  const std::size_t pad = reach > size ? (reach - size) / 2 : 0;
  return {batch,  size,   size,   channels, multiplier, out, out, kernel,
          kernel, stride, stride, dilation, dilation,   pad, pad, Layout::nhwc};
}

std::string name(const DepthwiseConv2DSizes& s) {
  const auto text = [](std::size_t value) { return std::to_string(value); };
  return "dw_" + text(s.in_height) + "x" + text(s.in_width) + "x" + text(s.channels) + "_k" +
         text(s.kernel_height) + "_s" + text(s.stride_height) + "_d" + text(s.dilation_height) +
         "_m" + text(s.multiplier) + "_b" + text(s.batch);
}

/// Aligned as tensors are.
using Values = std::vector<float, keratin::PoolAllocator<float>>;

Values values(std::size_t count) {
  Values values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>(i * 2654435761u >> 16 & 255) / 255.f - .5f;
  }
  return values;
}

void compare(Session& session, const DepthwiseConv2DSizes& s) {
  const std::string workload = name(s);
  const std::size_t channels = s.channels * s.multiplier;
  const bool backward = s.batch > 1;
  const bool wanted =
      session.wants(workload + "_fwd") ||
      (backward && (session.wants(workload + "_bwdd") || session.wants(workload + "_bwdw")));
  if (!wanted) return;
  Values x = values(s.batch * s.in_height * s.in_width * s.channels);
  Values w = values(s.kernel_height * s.kernel_width * channels), b = values(channels);
  Values y = values(s.batch * s.out_height * s.out_width * channels);
  const auto against_peers = [&](const std::string& suffix, DepthwisePass pass, auto run) {
    if (!session.wants(workload + suffix)) return;
    std::vector<Contender> contenders{{"keratin", run}};
    for (Contender& peer : depthwise_peers(s, pass)) contenders.push_back(std::move(peer));
    session.compare(workload + suffix, contenders);
  };
  namespace kernels = keratin::kernels;
  against_peers("_fwd", DepthwisePass::forward,
                [&] { kernels::depthwise_conv2d(x.data(), w.data(), b.data(), y.data(), s); });
  if (!backward) return;
  against_peers("_bwdd", DepthwisePass::backprop_input,
                [&] { kernels::depthwise_conv2d_backprop_input(w.data(), y.data(), x.data(), s); });
  against_peers("_bwdw", DepthwisePass::backprop_filter, [&] {
    kernels::depthwise_conv2d_backprop_filter(x.data(), y.data(), w.data(), b.data(), s);
  });
}

void depthwise(Session& session) {
  for (const std::size_t batch : {1, 32}) {
    compare(session, same(batch, 112, 32, 3, 1, 1, 1));
    compare(session, same(batch, 112, 64, 3, 2, 1, 1));
    compare(session, same(batch, 56, 128, 3, 1, 1, 1));
    compare(session, same(batch, 28, 256, 3, 1, 1, 1));
    compare(session, same(batch, 14, 512, 3, 1, 1, 1));
    compare(session, same(batch, 7, 1024, 3, 1, 1, 1));
    compare(session, same(batch, 28, 240, 5, 1, 1, 1));
    compare(session, same(batch, 56, 96, 7, 1, 1, 1));
    compare(session, same(batch, 28, 256, 3, 1, 2, 1));
    compare(session, same(batch, 56, 64, 3, 1, 1, 2));
  }
}

const Registration registration(depthwise);

}  // namespace

}  // namespace benchmarks
