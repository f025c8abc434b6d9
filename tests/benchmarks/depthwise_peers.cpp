#include "depthwise_peers.hpp"

#ifdef KERATIN_BENCH_ONEDNN
#include <memory>
#include <string>

#include <oneapi/dnnl/dnnl.hpp>
#endif

namespace benchmarks {

#ifdef KERATIN_BENCH_ONEDNN
static_assert(DNNL_VERSION_MAJOR == 2, "oneDNN 3 creates its primitives in another way");

namespace {

using dnnl::memory;
using Sizes = keratin::kernels::DepthwiseConv2DSizes;

dnnl::engine& engine() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

memory filled(const memory::desc& description) {
  memory result(description, engine());
  auto* values = static_cast<float*>(result.get_data_handle());
  for (std::size_t i = 0; i < description.get_size() / sizeof(float); ++i) {
    values[i] = static_cast<float>(i * 2654435761u >> 16 & 255) / 255.f - .5f;
  }
  return result;
}

/// A depthwise convolution with images in `tag`'s layout, and filters as oneDNN likes them.
struct Convolution {
  Convolution(const Sizes& s, memory::format_tag tag) {
    const auto dim = [](std::size_t size) { return static_cast<memory::dim>(size); };
    const auto float32 = memory::data_type::f32;
    const auto groups = dim(s.channels), each = dim(s.multiplier), batch = dim(s.batch);
    const auto kh = dim(s.kernel_height), kw = dim(s.kernel_width);
    x = {{batch, groups, dim(s.in_height), dim(s.in_width)}, float32, tag};
    w = {{groups, each, 1, kh, kw}, float32, memory::format_tag::any};
    b = {{groups * each}, float32, memory::format_tag::x};
    y = {{batch, groups * each, dim(s.out_height), dim(s.out_width)}, float32, tag};
    strides = {dim(s.stride_height), dim(s.stride_width)};
    dilations = {dim(s.dilation_height) - 1, dim(s.dilation_width) - 1};
    before = {dim(s.pad_top), dim(s.pad_left)};
    const auto after_end = [](memory::dim out, memory::dim stride, memory::dim kernel,
                              memory::dim dilation, memory::dim in, memory::dim pad) {
      return (out - 1) * stride + (kernel - 1) * dilation + 1 - in - pad;
    };
    after = {
        after_end(dim(s.out_height), strides[0], kh, dilations[0] + 1, dim(s.in_height), before[0]),
        after_end(dim(s.out_width), strides[1], kw, dilations[1] + 1, dim(s.in_width), before[1])};
  }

  dnnl::convolution_forward::primitive_desc forward(dnnl::prop_kind kind) const {
    return {
        {kind, dnnl::algorithm::convolution_direct, x, w, b, y, strides, dilations, before, after},
        engine()};
  }

  memory::desc x, w, b, y;
  memory::dims strides, dilations, before, after;
};

std::function<void()> runner(const dnnl::primitive& primitive,
                             std::unordered_map<int, memory> arguments) {
  auto stream = std::make_shared<dnnl::stream>(engine());
  return [=] {
    primitive.execute(*stream, arguments);
    stream->wait();
  };
}

std::function<void()> onednn(const Sizes& sizes, memory::format_tag tag, DepthwisePass pass) {
  const Convolution c(sizes, tag);
  const auto direct = dnnl::algorithm::convolution_direct;
  if (pass == DepthwisePass::forward) {
    const auto d = c.forward(dnnl::prop_kind::forward_inference);
    return runner(dnnl::convolution_forward(d), {{DNNL_ARG_SRC, filled(d.src_desc())},
                                                 {DNNL_ARG_WEIGHTS, filled(d.weights_desc())},
                                                 {DNNL_ARG_BIAS, filled(d.bias_desc())},
                                                 {DNNL_ARG_DST, filled(d.dst_desc())}});
  }
  const auto hint = c.forward(dnnl::prop_kind::forward_training);
  if (pass == DepthwisePass::backprop_input) {
    const dnnl::convolution_backward_data::primitive_desc d(
        {direct, c.x, c.w, c.y, c.strides, c.dilations, c.before, c.after}, engine(), hint);
    return runner(dnnl::convolution_backward_data(d),
                  {{DNNL_ARG_DIFF_SRC, filled(d.diff_src_desc())},
                   {DNNL_ARG_WEIGHTS, filled(d.weights_desc())},
                   {DNNL_ARG_DIFF_DST, filled(d.diff_dst_desc())}});
  }
  const dnnl::convolution_backward_weights::primitive_desc d(
      {direct, c.x, c.w, c.b, c.y, c.strides, c.dilations, c.before, c.after}, engine(), hint);
  return runner(dnnl::convolution_backward_weights(d),
                {{DNNL_ARG_SRC, filled(d.src_desc())},
                 {DNNL_ARG_DIFF_WEIGHTS, filled(d.diff_weights_desc())},
                 {DNNL_ARG_DIFF_BIAS, filled(d.diff_bias_desc())},
                 {DNNL_ARG_DIFF_DST, filled(d.diff_dst_desc())}});
}

}  // namespace

std::vector<Contender> depthwise_peers(const Sizes& sizes, DepthwisePass pass) {
  std::vector<Contender> peers;
  for (const bool blocked : {false, true}) {
    const auto tag = blocked ? memory::format_tag::any : memory::format_tag::nhwc;
    peers.push_back({blocked ? "onednn-blocked" : "onednn-nhwc", onednn(sizes, tag, pass)});
  }
  return peers;
}

#else

std::vector<Contender> depthwise_peers(const keratin::kernels::DepthwiseConv2DSizes&,
                                       DepthwisePass) {
  return {};
}

#endif

}  // namespace benchmarks
