#include <keratin/keratin.hpp>

#include <cmath>

#include "../../framework/kernels/depthwise_conv2d.hpp"
#include "../../framework/kernels/gemm.hpp"
#include "harness.hpp"
#include "values.hpp"

namespace benchmarks {

namespace {

using namespace keratin;
using namespace keratin::layers;

kernels::DepthwiseConv2DSizes sizes(const Depthwise& d) {
  return {d.batch,      d.size,   d.size,   d.channels,
          d.multiplier, d.out(),  d.out(),  d.kernel,
          d.kernel,     d.stride, d.stride, d.dilation,
          d.dilation,   d.pad(),  d.pad(),  kernels::Layout::nhwc};
}

std::function<void()> runner(const Depthwise& d) {
  const kernels::DepthwiseConv2DSizes s = sizes(d);
  const Values x(d.batch * d.size * d.size * d.channels);
  const Values y(d.batch * d.out() * d.out() * d.out_channels());
  const Values w(d.kernel * d.kernel * d.out_channels()), b(d.out_channels());
  switch (d.pass) {
    case Pass::forward:
      return [=] { kernels::depthwise_conv2d(x.data(), w.data(), b.data(), y.data(), s); };
    case Pass::backprop_input:
      return [=] { kernels::depthwise_conv2d_backprop_input(w.data(), y.data(), x.data(), s); };
    case Pass::backprop_filter:
      break;
  }
  return
      [=] { kernels::depthwise_conv2d_backprop_filter(x.data(), y.data(), w.data(), b.data(), s); };
}

/// As in inference: the weights are packed once.
std::function<void()> runner(const Product& p) {
  using kernels::Transpose;
  const Values a(p.m * p.k), b(p.k * p.n), c(p.m * p.n);
  const auto packed =
      std::make_shared<kernels::PackedMatrix<float>>(Transpose::no, p.k, p.n, b.data(), p.n);
  return [=] { kernels::gemm(Transpose::no, p.m, a.data(), p.k, *packed, 0.f, c.data(), p.n); };
}

Tensor noise(const Shape& shape) {
  Tensor result = empty_tensor<real>(shape);
  const Values values(result.size());
  std::copy_n(values.data(), result.size(), result.data());
  return result;
}

Dim dim(std::size_t size) { return static_cast<Dim>(size); }

std::function<void()> predict_runner(const Model& model, const Tensor& x) {
  return [model, x] { model.predict_on_batch(x); };
}

std::function<void()> runner(const Separable& s) {
  Sequential model({Input({dim(s.size), dim(s.size), dim(s.channels)}),
                    SeparableConv2D({.filters = dim(s.filters),
                                     .kernel_size = 3,
                                     .padding = "same",
                                     .activation = "relu"})});
  return predict_runner(model, noise({1, dim(s.size), dim(s.size), dim(s.channels)}));
}

/// As keras.applications writes it: no biases, but batch normalizations.
SymbolicTensor add_layer(const NetworkLayer& layer, SymbolicTensor x,
                         const std::vector<SymbolicTensor>& outputs) {
  using Kind = NetworkLayer::Kind;
  const Extent<2> kernel = dim(layer.kernel), stride = dim(layer.stride);
  switch (layer.kind) {
    case Kind::add:
      return Add()({outputs[layer.residual], x});
    case Kind::average:
      return GlobalAveragePooling2D()(x);
    case Kind::dense:
      return Dense({.units = dim(layer.out), .activation = "softmax"})(x);
    case Kind::depthwise:
      x = DepthwiseConv2D(
          {.kernel_size = kernel, .strides = stride, .padding = "same", .use_bias = false})(x);
      break;
    case Kind::convolution:
    case Kind::pointwise:
      x = Conv2D({.filters = dim(layer.out),
                  .kernel_size = kernel,
                  .strides = stride,
                  .padding = "same",
                  .use_bias = false})(x);
      break;
  }
  x = BatchNormalization()(x);
  return layer.relu6 ? ReLU({.max_value = 6})(x) : x;
}

Model network(const std::vector<NetworkLayer>& layers) {
  const auto size = dim(layers.front().size), channels = dim(layers.front().in);
  const SymbolicTensor input = Input({size, size, channels});
  SymbolicTensor x = input;
  std::vector<SymbolicTensor> outputs;
  for (const NetworkLayer& layer : layers) {
    x = add_layer(layer, x, outputs);
    outputs.push_back(x);
  }
  return Model({input}, {x});
}

std::function<void()> runner(const Prediction& p) {
  return predict_runner(network(p.layers), noise({1, 224, 224, 3}));
}

Model small_separable(const Training& t) {
  return Sequential(
      {Input({dim(t.size), dim(t.size), dim(t.channels)}),
       Conv2D({.filters = 32, .kernel_size = 3, .padding = "same", .activation = "relu"}),
       SeparableConv2D({.filters = 64, .kernel_size = 3, .padding = "same", .activation = "relu"}),
       MaxPooling2D(),
       SeparableConv2D({.filters = 128, .kernel_size = 3, .padding = "same", .activation = "relu"}),
       MaxPooling2D(), GlobalAveragePooling2D(),
       Dense({.units = dim(t.classes), .activation = "softmax"})});
}

std::function<void()> runner(const Training& t) {
  Model model = t.network == Training::Network::small_separable
                    ? small_separable(t)
                    : network(mobilenet(1, .25, t.size));
  model.compile({.optimizer = "adam", .loss = "sparse_categorical_crossentropy"});
  const Tensor x = noise({dim(t.batch), dim(t.size), dim(t.size), dim(t.channels)});
  Tensor y = noise({dim(t.batch)});
  for (real& label : y) label = std::floor((label + real{.5}) * static_cast<real>(t.classes));
  return [model, x, y]() mutable { model.train_on_batch(x, y); };
}

const Registration keratin_itself("keratin", [](const Workload& workload, int) {
  return std::visit(
      [](const auto& task) {
        return std::vector<Contender>{{"keratin", runner(task)}};
      },
      workload.task);
});

}  // namespace

}  // namespace benchmarks
