#include <dlfcn.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "../harness.hpp"
#include "../values.hpp"
#include "onnx_model.hpp"

// ONNX Runtime out of the npm package onnxruntime-node, which brings the library without its
// header: what is used of the C interface is declared here. Its functions are found by their place
// in a table that only ever grows (onnxruntime_c_api.h, OrtApi).
namespace benchmarks {

namespace {

struct Status;
using Handle = void*;

struct ApiBase {
  const void* const* (*get_api)(std::uint32_t version);
  const char* (*get_version)();
};

class Runtime {
  template <class Result, class... Arguments>
  auto function(int place) const {
    return reinterpret_cast<Result (*)(Arguments...)>(const_cast<void*>(table_[place]));
  }

 public:
  static const Runtime& get() {
    static const Runtime runtime;
    return runtime;
  }

  /// Calls a function of the table that gives a status.
  template <class... Arguments>
  void call(int place, Arguments... arguments) const {
    const Status* status = function<const Status*, Arguments...>(place)(arguments...);
    if (!status) return;
    throw std::runtime_error(function<const char*, const Status*>(2)(status));
  }
  void release(int place, Handle object) const { function<void, Handle>(place)(object); }

  Handle environment = nullptr;

 private:
  Runtime() {
    Handle library = dlopen(KERATIN_BENCH_ONNXRUNTIME, RTLD_NOW | RTLD_LOCAL);
    if (!library) throw std::runtime_error(dlerror());
    const auto base = reinterpret_cast<const ApiBase* (*)()>(dlsym(library, "OrtGetApiBase"));
    if (!base) throw std::runtime_error("no OrtGetApiBase");
    table_ = base()->get_api(1);
    if (!table_) throw std::runtime_error("OrtGetApiBase gives no interface");
    constexpr int only_errors = 3;
    call(3, only_errors, "bench", &environment);
  }

  const void* const* table_ = nullptr;
};

// Places in the table.
enum Place {
  create_session_from_array = 8,
  run = 9,
  create_session_options = 10,
  set_graph_optimization_level = 23,
  set_intra_op_threads = 24,
  set_inter_op_threads = 25,
  create_tensor_with_data = 49,
  create_cpu_memory_info = 69,
  release_session = 95,
  release_value = 96,
  release_session_options = 100
};

using Owned = std::shared_ptr<void>;

Owned owned(Handle object, Place release) {
  return {object, [release](Handle handle) { Runtime::get().release(release, handle); }};
}

struct Tensor {
  explicit Tensor(const OnnxModel::Dims& dims) : values(volume(dims)) {
    const Runtime& runtime = Runtime::get();
    constexpr int arena = 1, by_default = 0, float32 = 1;
    static Handle memory = nullptr;
    if (!memory) runtime.call(create_cpu_memory_info, arena, by_default, &memory);
    Handle value = nullptr;
    runtime.call(create_tensor_with_data, static_cast<const void*>(memory),
                 static_cast<void*>(values.data()), values.size() * sizeof(float), dims.data(),
                 dims.size(), float32, &value);
    handle = owned(value, release_value);
  }
  static std::size_t volume(const OnnxModel::Dims& dims) {
    std::size_t size = 1;
    for (const std::int64_t dim : dims) size *= static_cast<std::size_t>(dim);
    return size;
  }

  Values values;
  Owned handle;
};

std::function<void()> runner(const OnnxModel& model, const OnnxModel::Dims& in,
                             const OnnxModel::Name& output, const OnnxModel::Dims& out,
                             int threads) {
  const Runtime& runtime = Runtime::get();
  Handle created = nullptr;
  runtime.call(create_session_options, &created);
  const Owned options = owned(created, release_session_options);
  constexpr int everything = 99;
  runtime.call(set_intra_op_threads, created, threads);
  runtime.call(set_inter_op_threads, created, 1);
  runtime.call(set_graph_optimization_level, created, everything);
  const std::string bytes = model.bytes(output, out);
  Handle session_handle = nullptr;
  runtime.call(create_session_from_array, static_cast<const void*>(runtime.environment),
               static_cast<const void*>(bytes.data()), bytes.size(),
               static_cast<const void*>(created), &session_handle);
  const Owned session = owned(session_handle, release_session);
  const Tensor x(in), y(out);
  return [=, &runtime] {
    const char* const in_names[] = {"x"};
    const char* const out_names[] = {output.c_str()};
    const void* const inputs[] = {x.handle.get()};
    Handle outputs[] = {y.handle.get()};
    runtime.call(run, session.get(), static_cast<const void*>(nullptr), &in_names[0], &inputs[0],
                 std::size_t{1}, &out_names[0], std::size_t{1}, &outputs[0]);
  };
}

std::int64_t dim(std::size_t size) { return static_cast<std::int64_t>(size); }

OnnxModel::Name convolution(OnnxModel& model, const OnnxModel::Name& x, const Depthwise& d,
                            std::size_t filters, std::size_t groups, bool bias = true) {
  const auto k = dim(d.kernel), s = dim(d.stride), before = dim(d.pad()),
             after = dim(d.pad_after());
  std::vector<OnnxModel::Name> inputs{
      x, model.weights({dim(filters), dim(d.channels / groups), k, k})};
  if (bias) inputs.push_back(model.weights({dim(filters)}));
  return model.node("Conv", inputs,
                    {{"group", {dim(groups)}, false},
                     {"strides", {s, s}, true},
                     {"pads", {before, before, after, after}, true},
                     {"dilations", {dim(d.dilation), dim(d.dilation)}, true},
                     {"kernel_shape", {k, k}, true}});
}

std::vector<Contender> contenders(const Depthwise& d, int threads) {
  if (d.pass != Pass::forward) return {};
  const OnnxModel::Dims in{dim(d.batch), dim(d.channels), dim(d.size), dim(d.size)};
  const OnnxModel::Dims out{dim(d.batch), dim(d.out_channels()), dim(d.out()), dim(d.out())};
  OnnxModel one(in);
  const auto y = convolution(one, "x", d, d.out_channels(), d.channels);
  std::vector<Contender> result{{"onnxruntime", runner(one, in, y, out, threads)}};
  if (d.batch == 1 && in == out) {
    // As within a network: nine layers share the rearrangement of their images.
    constexpr int layers = 9;
    OnnxModel chain(in);
    OnnxModel::Name x = "x";
    for (int i = 0; i < layers; ++i) x = convolution(chain, x, d, d.channels, d.channels);
    result.push_back({"onnxruntime-in-graph", runner(chain, in, x, out, threads), layers});
  }
  return result;
}

std::vector<Contender> contenders(const Product& p, int threads) {
  const OnnxModel::Dims in{dim(p.m), dim(p.k)}, out{dim(p.m), dim(p.n)};
  OnnxModel model(in);
  const auto y = model.node("MatMul", {"x", model.weights({dim(p.k), dim(p.n)})});
  return {{"onnxruntime", runner(model, in, y, out, threads)}};
}

std::vector<Contender> contenders(const Separable& s, int threads) {
  const OnnxModel::Dims in{1, dim(s.channels), dim(s.size), dim(s.size)};
  const OnnxModel::Dims out{1, dim(s.filters), dim(s.size), dim(s.size)};
  OnnxModel model(in);
  const auto between = convolution(model, "x", {1, s.size, s.channels, 3, 1, 1, 1, Pass::forward},
                                   s.channels, s.channels, false);
  const auto sums =
      convolution(model, between, {1, s.size, s.channels, 1, 1, 1, 1, Pass::forward}, s.filters, 1);
  return {{"onnxruntime", runner(model, in, model.node("Relu", {sums}), out, threads)}};
}

std::vector<Contender> contenders(const Prediction& p, int threads) {
  using Kind = NetworkLayer::Kind;
  const OnnxModel::Dims in{1, 3, 224, 224};
  OnnxModel model(in);
  const auto least = model.constant(0), most = model.constant(6);
  OnnxModel::Name x = "x";
  std::vector<OnnxModel::Name> outputs;
  for (const NetworkLayer& l : p.layers) {
    if (l.kind == Kind::add) {
      x = model.node("Add", {x, outputs[l.residual]});
    } else if (l.kind == Kind::average) {
      x = model.node("GlobalAveragePool", {x});
    } else {
      const Depthwise same{1, l.size, l.in, l.kernel, l.stride, 1, 1, Pass::forward};
      x = convolution(model, x, same, l.out, l.kind == Kind::depthwise ? l.in : 1);
      if (l.relu6) x = model.node("Clip", {x, least, most});
    }
    outputs.push_back(x);
  }
  return {{"onnxruntime", runner(model, in, x, {1, 1000, 1, 1}, threads)}};
}

std::vector<Contender> contenders(const Training&, int) { return {}; }

const Registration onnxruntime("onnxruntime", [](const Workload& workload, int threads) {
  return std::visit([&](const auto& task) { return contenders(task, threads); }, workload.task);
});

}  // namespace

}  // namespace benchmarks
