#include <xnnpack.h>

#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>

#include <pthreadpool.h>

#include "../harness.hpp"
#include "../values.hpp"

namespace benchmarks {

namespace {

void check(xnn_status status, const char* what) {
  if (status != xnn_status_success) {
    throw std::runtime_error(std::string(what) + " gives status " + std::to_string(status));
  }
}

/// A graph of one input and one output with XNNPACK's own memory plan.
class Graph {
 public:
  using Dims = std::vector<std::size_t>;
  using Id = std::uint32_t;

  Graph() {
    check(xnn_initialize(nullptr), "xnn_initialize");
    xnn_subgraph_t subgraph = nullptr;
    check(xnn_create_subgraph(2, 0, &subgraph), "xnn_create_subgraph");
    subgraph_.reset(subgraph, xnn_delete_subgraph);
  }

  Id input(const Dims& dims) {
    ends_.push_back(Values(volume(dims)));
    return value(dims, nullptr, 0, XNN_VALUE_FLAG_EXTERNAL_INPUT);
  }

  /// A dense convolution with padding "same".
  Id convolution(Id x, const NetworkLayer& l, float least, float most, bool last) {
    const Depthwise same{1, l.size, l.in, l.kernel, l.stride, 1, 1, Pass::forward};
    const Id filter = weights({l.out, l.kernel, l.kernel, l.in}), bias = weights({l.out});
    const Id y = result({dims_[x][0], same.out(), same.out(), l.out}, last);
    const auto k = narrow(l.kernel), s = narrow(l.stride);
    const auto before = narrow(same.pad()), after = narrow(same.pad_after());
    check(xnn_define_convolution_2d(subgraph_.get(), before, after, after, before, k, k, s, s, 1, 1,
                                    1, l.in, l.out, least, most, x, filter, bias, y, 0),
          "xnn_define_convolution_2d");
    return y;
  }

  Id depthwise(Id x, const Depthwise& d, float least, float most, bool last) {
    const Id filter = weights({1, d.kernel, d.kernel, d.out_channels()});
    const Id bias = weights({d.out_channels()});
    const Id y = result({d.batch, d.out(), d.out(), d.out_channels()}, last);
    const auto k = narrow(d.kernel), s = narrow(d.stride), apart = narrow(d.dilation);
    const auto before = narrow(d.pad()), after = narrow(d.pad_after());
    check(xnn_define_depthwise_convolution_2d(subgraph_.get(), before, after, after, before, k, k,
                                              s, s, apart, apart, narrow(d.multiplier), d.channels,
                                              least, most, x, filter, bias, y, 0),
          "xnn_define_depthwise_convolution_2d");
    return y;
  }

  Id add(Id a, Id b) {
    const Id y = result(dims_[a], false);
    check(xnn_define_add2(subgraph_.get(), -INFINITY, INFINITY, a, b, y, 0), "xnn_define_add2");
    return y;
  }

  Id average(Id x) {
    const Id y = result({dims_[x][0], 1, 1, dims_[x][3]}, false);
    check(xnn_define_global_average_pooling_2d(subgraph_.get(), -INFINITY, INFINITY, x, y, 0),
          "xnn_define_global_average_pooling_2d");
    return y;
  }

  std::function<void()> runner(int threads) {
    const std::shared_ptr<pthreadpool> pool(
        threads > 1 ? pthreadpool_create(static_cast<std::size_t>(threads)) : nullptr,
        pthreadpool_destroy);
    xnn_runtime_t created = nullptr;
    check(xnn_create_runtime_v2(subgraph_.get(), pool.get(), 0, &created), "xnn_create_runtime_v2");
    const std::shared_ptr<xnn_runtime> runtime(created, xnn_delete_runtime);
    const xnn_external_value values[] = {{0, ends_[0].data()}, {1, ends_[1].data()}};
    check(xnn_setup_runtime(runtime.get(), 2, values), "xnn_setup_runtime");
    return [graph = *this, pool, runtime] { xnn_invoke_runtime(runtime.get()); };
  }

 private:
  static std::uint32_t narrow(std::size_t size) { return static_cast<std::uint32_t>(size); }
  static std::size_t volume(const Dims& dims) {
    std::size_t size = 1;
    for (const std::size_t dim : dims) size *= dim;
    return size;
  }

  Id value(const Dims& dims, const float* data, std::uint32_t external, std::uint32_t flags) {
    Id id = 0;
    check(xnn_define_tensor_value(subgraph_.get(), xnn_datatype_fp32, dims.size(), dims.data(),
                                  data, external, flags, &id),
          "xnn_define_tensor_value");
    if (dims_.size() <= id) dims_.resize(id + 1);
    dims_[id] = dims;
    return id;
  }

  Id weights(const Dims& dims) {
    weights_.push_back(Values(volume(dims)));
    return value(dims, weights_.back().data(), XNN_INVALID_VALUE_ID, 0);
  }

  Id result(const Dims& dims, bool last) {
    if (!last) return value(dims, nullptr, XNN_INVALID_VALUE_ID, 0);
    ends_.push_back(Values(volume(dims)));
    return value(dims, nullptr, 1, XNN_VALUE_FLAG_EXTERNAL_OUTPUT);
  }

  std::shared_ptr<xnn_subgraph> subgraph_;
  std::vector<Dims> dims_;
  std::vector<Values> weights_, ends_;
};

void define(Graph& graph, const Depthwise& d) {
  graph.depthwise(graph.input({d.batch, d.size, d.size, d.channels}), d, -INFINITY, INFINITY, true);
}

NetworkLayer pointwise(std::size_t in, std::size_t out, std::size_t size) {
  return {NetworkLayer::Kind::pointwise, in, out, 1, 1, size};
}

void define(Graph& graph, const Product& p) {
  graph.convolution(graph.input({p.m, 1, 1, p.k}), pointwise(p.k, p.n, 1), -INFINITY, INFINITY,
                    true);
}

void define(Graph& graph, const Separable& s) {
  const Graph::Id x = graph.input({1, s.size, s.size, s.channels});
  const Graph::Id between = graph.depthwise(x, {1, s.size, s.channels, 3, 1, 1, 1, Pass::forward},
                                            -INFINITY, INFINITY, false);
  graph.convolution(between, pointwise(s.channels, s.filters, s.size), 0, INFINITY, true);
}

void define(Graph& graph, const Prediction& p) {
  using Kind = NetworkLayer::Kind;
  Graph::Id x = graph.input({1, 224, 224, 3});
  std::vector<Graph::Id> outputs;
  for (const NetworkLayer& l : p.layers) {
    const float least = l.relu6 ? 0 : -INFINITY, most = l.relu6 ? 6 : INFINITY;
    if (l.kind == Kind::add) {
      x = graph.add(x, outputs[l.residual]);
    } else if (l.kind == Kind::average) {
      x = graph.average(x);
    } else if (l.kind == Kind::depthwise) {
      x = graph.depthwise(x, {1, l.size, l.in, l.kernel, l.stride, 1, 1, Pass::forward}, least,
                          most, false);
    } else {
      x = graph.convolution(x, l, least, most, l.kind == Kind::dense);
    }
    outputs.push_back(x);
  }
}

std::vector<Contender> contenders(const Workload& workload, int threads) {
  const auto* depthwise = std::get_if<Depthwise>(&workload.task);
  if (depthwise && depthwise->pass != Pass::forward) return {};
  if (std::holds_alternative<Training>(workload.task)) return {};
  Graph graph;
  std::visit(
      [&](const auto& task) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(task)>, Training>) define(graph, task);
      },
      workload.task);
  return {{"xnnpack", graph.runner(threads)}};
}

const Registration xnnpack("xnnpack", contenders);

}  // namespace

}  // namespace benchmarks
