#include <memory>
#include <string>
#include <unordered_map>

#include <oneapi/dnnl/dnnl.hpp>

#include "../harness.hpp"

static_assert(DNNL_VERSION_MAJOR == 2, "oneDNN 3 creates its primitives in another way");

namespace benchmarks {

namespace {

using dnnl::memory;
using tag = memory::format_tag;
constexpr auto direct = dnnl::algorithm::convolution_direct;

dnnl::engine& engine() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

memory::dim dim(std::size_t size) { return static_cast<memory::dim>(size); }

memory::desc described(const memory::dims& dims, tag layout) {
  return {dims, memory::data_type::f32, layout};
}

memory filled(const memory::desc& description) {
  memory result(description, engine());
  auto* values = static_cast<float*>(result.get_data_handle());
  for (std::size_t i = 0; i < description.get_size() / sizeof(float); ++i) {
    values[i] = static_cast<float>(i * 2654435761u >> 16 & 255) / 255.f - .5f;
  }
  return result;
}

/// Primitives that are executed one after the other.
class Chain {
 public:
  void add(const dnnl::primitive& primitive, std::unordered_map<int, memory> arguments) {
    steps_.push_back({primitive, std::move(arguments)});
  }
  std::function<void()> runner() const {
    return [steps = steps_, stream = std::make_shared<dnnl::stream>(engine())] {
      for (const Step& step : steps) step.primitive.execute(*stream, step.arguments);
      stream->wait();
    };
  }

 private:
  struct Step {
    dnnl::primitive primitive;
    std::unordered_map<int, memory> arguments;
  };
  std::vector<Step> steps_;
};

/// A convolution with filters as oneDNN likes them, images as `x` and `y` say.
struct Convolution {
  memory::desc x, w, b, y;
  memory::dims strides, dilations, before, after;

  dnnl::convolution_forward::primitive_desc forward(
      dnnl::prop_kind kind, const dnnl::primitive_attr& attributes = {}) const {
    return {{kind, direct, x, w, b, y, strides, dilations, before, after}, attributes, engine()};
  }
};

Convolution convolution(const Depthwise& d, tag layout) {
  const memory::dim groups = dim(d.channels), out = dim(d.out()), k = dim(d.kernel);
  return {described({dim(d.batch), groups, dim(d.size), dim(d.size)}, layout),
          described({groups, dim(d.multiplier), 1, k, k}, tag::any),
          described({dim(d.out_channels())}, tag::x),
          described({dim(d.batch), dim(d.out_channels()), out, out}, layout),
          {dim(d.stride), dim(d.stride)},
          {dim(d.dilation) - 1, dim(d.dilation) - 1},
          {dim(d.pad()), dim(d.pad())},
          {dim(d.pad_after()), dim(d.pad_after())}};
}

Contender contender(const Depthwise& d, tag layout, const std::string& name) {
  const Convolution c = convolution(d, layout);
  Chain chain;
  if (d.pass == Pass::forward) {
    const auto forward = c.forward(dnnl::prop_kind::forward_inference);
    chain.add(dnnl::convolution_forward(forward),
              {{DNNL_ARG_SRC, filled(forward.src_desc())},
               {DNNL_ARG_WEIGHTS, filled(forward.weights_desc())},
               {DNNL_ARG_BIAS, filled(forward.bias_desc())},
               {DNNL_ARG_DST, filled(forward.dst_desc())}});
    return {name, chain.runner()};
  }
  const auto hint = c.forward(dnnl::prop_kind::forward_training);
  if (d.pass == Pass::backprop_input) {
    const dnnl::convolution_backward_data::primitive_desc backward(
        {direct, c.x, c.w, c.y, c.strides, c.dilations, c.before, c.after}, engine(), hint);
    chain.add(dnnl::convolution_backward_data(backward),
              {{DNNL_ARG_DIFF_SRC, filled(backward.diff_src_desc())},
               {DNNL_ARG_WEIGHTS, filled(backward.weights_desc())},
               {DNNL_ARG_DIFF_DST, filled(backward.diff_dst_desc())}});
    return {name, chain.runner()};
  }
  const dnnl::convolution_backward_weights::primitive_desc backward(
      {direct, c.x, c.w, c.b, c.y, c.strides, c.dilations, c.before, c.after}, engine(), hint);
  chain.add(dnnl::convolution_backward_weights(backward),
            {{DNNL_ARG_SRC, filled(backward.src_desc())},
             {DNNL_ARG_DIFF_WEIGHTS, filled(backward.diff_weights_desc())},
             {DNNL_ARG_DIFF_BIAS, filled(backward.diff_bias_desc())},
             {DNNL_ARG_DIFF_DST, filled(backward.diff_dst_desc())}});
  return {name, chain.runner()};
}

Contender product(const Product& p, tag weights, const std::string& name) {
  const dnnl::matmul::primitive_desc description(
      {described({dim(p.m), dim(p.k)}, tag::ab), described({dim(p.k), dim(p.n)}, weights),
       described({dim(p.m), dim(p.n)}, tag::ab)},
      engine());
  Chain chain;
  chain.add(dnnl::matmul(description), {{DNNL_ARG_SRC, filled(description.src_desc())},
                                        {DNNL_ARG_WEIGHTS, filled(description.weights_desc())},
                                        {DNNL_ARG_DST, filled(description.dst_desc())}});
  return {name, chain.runner()};
}

/// A network whose tensors share a few buffers, as its memory would be planned.
class Network {
 public:
  explicit Network(tag layout) : layout_(layout) {}

  void input(std::size_t size, std::size_t channels) {
    current_ = filled(described({1, dim(channels), dim(size), dim(size)}, tag::nhwc));
  }

  void add(const NetworkLayer& layer) {
    using Kind = NetworkLayer::Kind;
    if (layer.kind == Kind::add) {
      add_residual(outputs_[layer.residual]);
    } else if (layer.kind == Kind::average) {
      average(layer);
    } else {
      convolve(layer);
    }
    outputs_.push_back(current_);
  }

  std::function<void()> runner() const {
    return [run = chain_.runner(), buffers = buffers_] { run(); };
  }

 private:
  memory output(const memory::desc& description) {
    constexpr std::size_t ring = 4;  // a residual block reads what was made three layers before
    if (buffers_.empty()) {
      for (std::size_t i = 0; i < ring; ++i) {
        buffers_.push_back(filled(described({std::int64_t{4} << 20}, tag::x)));
      }
    }
    return {description, engine(), buffers_[next_++ % ring].get_data_handle()};
  }

  void convolve(const NetworkLayer& l) {
    const bool depthwise = l.kind == NetworkLayer::Kind::depthwise;
    const Depthwise same{1, l.size, l.in, l.kernel, l.stride, 1, 1, Pass::forward};
    const memory::dim in = dim(l.in), out = dim(l.out), k = dim(l.kernel), size = dim(same.out());
    Convolution c = convolution(same, layout_);
    c.x = current_.get_desc();
    c.w = depthwise ? described({in, 1, 1, k, k}, tag::any) : described({out, in, k, k}, tag::any);
    c.b = described({out}, tag::x);
    c.y = described({1, out, size, size}, layout_);
    dnnl::primitive_attr attributes;
    dnnl::post_ops after;
    if (l.relu6) after.append_eltwise(1.f, dnnl::algorithm::eltwise_clip, 0.f, 6.f);
    attributes.set_post_ops(after);
    const auto description = c.forward(dnnl::prop_kind::forward_inference, attributes);
    const memory to = output(description.dst_desc());
    chain_.add(dnnl::convolution_forward(description),
               {{DNNL_ARG_SRC, current_},
                {DNNL_ARG_WEIGHTS, filled(description.weights_desc())},
                {DNNL_ARG_BIAS, filled(description.bias_desc())},
                {DNNL_ARG_DST, to}});
    current_ = to;
  }

  void add_residual(const memory& residual) {
    const memory to = output(current_.get_desc());
    const dnnl::binary::primitive_desc description(
        {dnnl::algorithm::binary_add, current_.get_desc(), residual.get_desc(), to.get_desc()},
        engine());
    chain_.add(dnnl::binary(description),
               {{DNNL_ARG_SRC_0, current_}, {DNNL_ARG_SRC_1, residual}, {DNNL_ARG_DST, to}});
    current_ = to;
  }

  void average(const NetworkLayer& l) {
    const dnnl::pooling_forward::primitive_desc description(
        {dnnl::prop_kind::forward_inference,
         dnnl::algorithm::pooling_avg_exclude_padding,
         current_.get_desc(),
         described({1, dim(l.in), 1, 1}, tag::any),
         {1, 1},
         {dim(l.size), dim(l.size)},
         {0, 0},
         {0, 0}},
        engine());
    const memory to = output(description.dst_desc());
    chain_.add(dnnl::pooling_forward(description), {{DNNL_ARG_SRC, current_}, {DNNL_ARG_DST, to}});
    current_ = to;
  }

  tag layout_;
  Chain chain_;
  memory current_;
  std::vector<memory> outputs_, buffers_;
  std::size_t next_ = 0;
};

Contender separable(const Separable& s, tag layout, const std::string& name) {
  const Convolution first = convolution({1, s.size, s.channels, 3, 1, 1, 1, Pass::forward}, layout);
  Convolution bare = first;
  bare.b = memory::desc();
  const auto depthwise = bare.forward(dnnl::prop_kind::forward_inference);
  const memory::dim size = dim(s.size), in = dim(s.channels), out = dim(s.filters);
  const Convolution second{depthwise.dst_desc(),
                           described({out, in, 1, 1}, tag::any),
                           described({out}, tag::x),
                           described({1, out, size, size}, layout),
                           {1, 1},
                           {0, 0},
                           {0, 0},
                           {0, 0}};
  dnnl::primitive_attr attributes;
  dnnl::post_ops relu;
  relu.append_eltwise(1.f, dnnl::algorithm::eltwise_relu, 0.f, 0.f);
  attributes.set_post_ops(relu);
  const auto pointwise = second.forward(dnnl::prop_kind::forward_inference, attributes);
  const memory between = filled(depthwise.dst_desc());
  Chain chain;
  chain.add(dnnl::convolution_forward(depthwise),
            {{DNNL_ARG_SRC, filled(depthwise.src_desc())},
             {DNNL_ARG_WEIGHTS, filled(depthwise.weights_desc())},
             {DNNL_ARG_DST, between}});
  chain.add(dnnl::convolution_forward(pointwise),
            {{DNNL_ARG_SRC, between},
             {DNNL_ARG_WEIGHTS, filled(pointwise.weights_desc())},
             {DNNL_ARG_BIAS, filled(pointwise.bias_desc())},
             {DNNL_ARG_DST, filled(pointwise.dst_desc())}});
  return {name, chain.runner()};
}

std::vector<Contender> contenders(const Workload& workload, int) {
  std::vector<Contender> result;
  for (const bool blocked : {false, true}) {
    const tag layout = blocked ? tag::any : tag::nhwc;
    const std::string name = blocked ? "onednn-blocked" : "onednn-nhwc";
    if (const auto* d = std::get_if<Depthwise>(&workload.task)) {
      result.push_back(contender(*d, layout, name));
    } else if (const auto* p = std::get_if<Product>(&workload.task)) {
      result.push_back(
          product(*p, blocked ? tag::any : tag::ab, blocked ? "onednn-packed" : "onednn-plain"));
    } else if (const auto* s = std::get_if<Separable>(&workload.task)) {
      result.push_back(separable(*s, layout, name));
    } else if (const auto* n = std::get_if<Prediction>(&workload.task)) {
      Network network(layout);
      network.input(224, 3);
      for (const NetworkLayer& layer : n->layers) network.add(layer);
      result.push_back({name, network.runner()});
    }
  }
  return result;
}

const Registration onednn("onednn", contenders);

}  // namespace

}  // namespace benchmarks
