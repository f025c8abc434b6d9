#include <torch/torch.h>

#include <memory>

#include "../harness.hpp"

// PyTorch through LibTorch, eager, in both memory formats.
namespace benchmarks {

namespace {

using at::MemoryFormat;
using at::Tensor;
namespace nn = torch::nn;

std::int64_t dim(std::size_t size) { return static_cast<std::int64_t>(size); }

Tensor noise(at::IntArrayRef shape, MemoryFormat format) {
  return torch::randn(shape).contiguous(format);
}
Tensor noise(at::IntArrayRef shape) { return torch::randn(shape); }

/// Padding "same" as PyTorch can have it: as much on all sides. The work is the same.
std::int64_t pad(const Depthwise& d) { return dim((d.kernel - 1) * d.dilation / 2); }

std::function<void()> runner(const Depthwise& d, MemoryFormat format) {
  const auto groups = dim(d.channels), out = dim(d.out_channels()), k = dim(d.kernel);
  const Tensor x = noise({dim(d.batch), groups, dim(d.size), dim(d.size)}, format);
  const Tensor w = noise({out, 1, k, k}), b = noise({out});
  const std::int64_t stride = dim(d.stride), p = pad(d), dilation = dim(d.dilation);
  if (d.pass == Pass::forward) {
    return [=] {
      const torch::NoGradGuard guard;
      at::conv2d(x, w, b, stride, p, dilation, groups);
    };
  }
  const torch::NoGradGuard guard;
  const Tensor dy = at::randn_like(at::conv2d(x, w, b, stride, p, dilation, groups));
  const bool to_input = d.pass == Pass::backprop_input;
  return [=] {
    const torch::NoGradGuard no_gradients;
    const std::vector<std::int64_t> strides(2, stride), pads(2, p), dilations(2, dilation);
    const std::vector<std::int64_t> zeros(2, 0), bias_sizes{out};
    at::convolution_backward(dy, x, w, at::IntArrayRef(bias_sizes), strides, pads, dilations, false,
                             zeros, groups, {to_input, !to_input, !to_input});
  };
}

std::function<void()> runner(const Product& p) {
  const Tensor a = noise({dim(p.m), dim(p.k)}), b = noise({dim(p.k), dim(p.n)});
  Tensor c = torch::empty({dim(p.m), dim(p.n)});
  return [=]() mutable {
    const torch::NoGradGuard guard;
    at::mm_out(c, a, b);
  };
}

std::function<void()> runner(const Separable& s, MemoryFormat format) {
  const auto in = dim(s.channels), out = dim(s.filters), size = dim(s.size);
  const Tensor x = noise({1, in, size, size}, format), b = noise({out});
  const Tensor depthwise = noise({in, 1, 3, 3}), pointwise = noise({out, in, 1, 1});
  return [=] {
    const torch::NoGradGuard guard;
    at::conv2d(at::conv2d(x, depthwise, {}, 1, 1, 1, in), pointwise, b).relu_();
  };
}

std::function<void()> runner(const Prediction& p, MemoryFormat format) {
  struct Step {
    NetworkLayer layer;
    Tensor w, b;
  };
  std::vector<Step> steps;
  for (const NetworkLayer& l : p.layers) {
    const bool depthwise = l.kind == NetworkLayer::Kind::depthwise;
    const auto k = dim(l.kernel);
    steps.push_back({l, noise({dim(l.out), depthwise ? 1 : dim(l.in), k, k}, format) * .1,
                     noise({dim(l.out)})});
  }
  const Tensor input = noise({1, 3, 224, 224}, format);
  return [=] {
    using Kind = NetworkLayer::Kind;
    const torch::NoGradGuard guard;
    Tensor x = input;
    std::vector<Tensor> outputs;
    for (const Step& step : steps) {
      const NetworkLayer& l = step.layer;
      if (l.kind == Kind::add) {
        x = x + outputs[l.residual];
      } else if (l.kind == Kind::average) {
        x = x.mean({2, 3}, true);
      } else {
        const std::int64_t groups = l.kind == Kind::depthwise ? dim(l.in) : 1;
        x = at::conv2d(x, step.w, step.b, dim(l.stride), dim(l.kernel / 2), 1, groups);
        if (l.relu6) x.clamp_(0, 6);
      }
      outputs.push_back(x);
    }
  };
}

void add_convolution(nn::Sequential& model, std::int64_t in, std::int64_t out, std::int64_t kernel,
                     std::int64_t stride, std::int64_t groups, bool bias) {
  model->push_back(nn::Conv2d(nn::Conv2dOptions(in, out, kernel)
                                  .stride(stride)
                                  .padding(kernel / 2)
                                  .groups(groups)
                                  .bias(bias)));
}

nn::Sequential small_separable(const Training& t) {
  nn::Sequential model;
  const auto relu = [&] { model->push_back(nn::ReLU(nn::ReLUOptions().inplace(true))); };
  add_convolution(model, dim(t.channels), 32, 3, 1, 1, true);
  relu();
  for (const std::int64_t filters : {64, 128}) {
    add_convolution(model, filters / 2, filters / 2, 3, 1, filters / 2, false);
    add_convolution(model, filters / 2, filters, 1, 1, 1, true);
    relu();
    model->push_back(nn::MaxPool2d(2));
  }
  return model;
}

nn::Sequential mobilenet_v1(const Training& t) {
  nn::Sequential model;
  for (const NetworkLayer& l : mobilenet(1, .25, t.size)) {
    if (l.kind == NetworkLayer::Kind::average) break;
    const bool depthwise = l.kind == NetworkLayer::Kind::depthwise;
    add_convolution(model, dim(l.in), dim(l.out), dim(l.kernel), dim(l.stride),
                    depthwise ? dim(l.in) : 1, false);
    model->push_back(nn::BatchNorm2d(dim(l.out)));
    model->push_back(nn::ReLU6(nn::ReLU6Options().inplace(true)));
  }
  return model;
}

std::function<void()> runner(const Training& t, MemoryFormat format) {
  const bool small = t.network == Training::Network::small_separable;
  nn::Sequential features = small ? small_separable(t) : mobilenet_v1(t);
  nn::Linear classifier(small ? 128 : 256, dim(t.classes));
  for (Tensor& parameter : features->parameters()) {
    if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(format));
  }
  std::vector<Tensor> parameters = features->parameters();
  for (const Tensor& parameter : classifier->parameters()) parameters.push_back(parameter);
  const auto adam =
      std::make_shared<torch::optim::Adam>(parameters, torch::optim::AdamOptions(1e-3));
  const Tensor x = noise({dim(t.batch), dim(t.channels), dim(t.size), dim(t.size)}, format);
  const Tensor y = torch::randint(0, dim(t.classes), {dim(t.batch)}, torch::kLong);
  return [=]() mutable {
    adam->zero_grad();
    const Tensor scores = classifier->forward(features->forward(x).mean({2, 3}));
    nn::functional::cross_entropy(scores, y).backward();
    adam->step();
  };
}

std::vector<Contender> contenders(const Workload& workload, int threads) {
  at::set_num_threads(threads);
  torch::manual_seed(0);
  if (const auto* p = std::get_if<Product>(&workload.task)) return {{"torch-mm", runner(*p)}};
  std::vector<Contender> result;
  for (const MemoryFormat format : {MemoryFormat::Contiguous, MemoryFormat::ChannelsLast}) {
    const bool last = format == MemoryFormat::ChannelsLast;
    std::visit(
        [&](const auto& task) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(task)>, Product>) {
            result.push_back({last ? "torch-nhwc" : "torch-nchw", runner(task, format)});
          }
        },
        workload.task);
  }
  return result;
}

const Registration torch_peer("torch", contenders);

}  // namespace

}  // namespace benchmarks
