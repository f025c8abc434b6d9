#include "workloads.hpp"

namespace benchmarks {

namespace {

std::string text(std::size_t value) { return std::to_string(value); }

double number(std::size_t value) { return static_cast<double>(value); }

Workload depthwise(const Depthwise& d) {
  static const char* const suffixes[] = {"_fwd", "_bwdd", "_bwdw"};
  const double taps = number(d.kernel * d.kernel);
  const double in = number(d.batch * d.size * d.size * d.channels);
  const double out = number(d.batch * d.out() * d.out() * d.out_channels());
  Workload result;
  result.name = "dw_" + text(d.size) + "x" + text(d.size) + "x" + text(d.channels) + "_k" +
                text(d.kernel) + "_s" + text(d.stride) + "_d" + text(d.dilation) + "_m" +
                text(d.multiplier) + "_b" + text(d.batch) + suffixes[static_cast<int>(d.pass)];
  result.task = d;
  result.batch = d.batch;
  result.parts = {{2 * taps * out, 4 * (in + out + taps * number(d.out_channels())),
                   d.pass == Pass::backprop_filter}};
  return result;
}

Part product_part(double m, double k, double n) {
  return {2 * m * k * n, 4 * (m * k + k * n + m * n)};
}

Workload product(std::size_t m, std::size_t k, std::size_t n) {
  return {"gemm_M" + text(m) + "_K" + text(k) + "_N" + text(n),
          Product{m, k, n},
          {product_part(number(m), number(k), number(n))}};
}

Workload separable(std::size_t size, std::size_t channels, std::size_t filters) {
  const double pixels = number(size * size), c = number(channels), f = number(filters);
  const std::string image = text(size) + "x" + text(size) + "x" + text(channels);
  return {"sep_" + image + "_to_" + text(filters) + "_b1_fwd",
          Separable{size, channels, filters},
          {{2 * pixels * c * (9 + f), 4 * (pixels * (c + f) + c * (9 + f))}}};
}

/// What a layer computes and moves for one image.
Part part_of(const NetworkLayer& layer) {
  using Kind = NetworkLayer::Kind;
  const double out_pixels = number(layer.out_size() * layer.out_size());
  const double in = number(layer.size * layer.size * layer.in),
               out = out_pixels * number(layer.out);
  const double taps = number(layer.kernel * layer.kernel);
  switch (layer.kind) {
    case Kind::convolution:
    case Kind::pointwise:
    case Kind::dense: {
      const double weights = taps * number(layer.in * layer.out);
      return {2 * weights * out_pixels, 4 * (in + out + weights)};
    }
    case Kind::depthwise:
      return {2 * taps * out, 4 * (in + out + taps * number(layer.out))};
    case Kind::add:
      return {out, 4 * 3 * out};
    case Kind::average:
      return {in, 4 * (in + number(layer.out))};
  }
  return {};
}

Workload prediction(int version) {
  Workload result{"mobilenetv" + text(static_cast<std::size_t>(version)) + "_224_b1",
                  Prediction{version, mobilenet(version, 1, 224)},
                  {}};
  for (const NetworkLayer& layer : std::get<Prediction>(result.task).layers) {
    result.parts.push_back(part_of(layer));
  }
  return result;
}

/// A step is taken for three forward passes.
Workload training(const std::string& name, const Training& task,
                  const std::vector<NetworkLayer>& layers) {
  Workload result{name, task, {}, true, task.batch};
  for (const NetworkLayer& layer : layers) {
    Part part = part_of(layer);
    const double images = number(task.batch);
    part.flops *= images;
    part.bytes *= images;
    result.parts.insert(result.parts.end(), 3, part);
  }
  return result;
}

std::vector<Depthwise> depthwise_layers(std::size_t batch, Pass pass) {
  return {{batch, 112, 32, 3, 1, 1, 1, pass}, {batch, 112, 64, 3, 2, 1, 1, pass},
          {batch, 56, 128, 3, 1, 1, 1, pass}, {batch, 28, 256, 3, 1, 1, 1, pass},
          {batch, 14, 512, 3, 1, 1, 1, pass}, {batch, 7, 1024, 3, 1, 1, 1, pass},
          {batch, 28, 240, 5, 1, 1, 1, pass}, {batch, 56, 96, 7, 1, 1, 1, pass},
          {batch, 28, 256, 3, 1, 2, 1, pass}, {batch, 56, 64, 3, 1, 1, 2, pass}};
}

Growth growth(const std::string& title, const Depthwise& base, std::size_t Depthwise::*size,
              const std::vector<std::size_t>& values) {
  Growth result{title, {}, {}};
  for (const std::size_t value : values) {
    Depthwise step = base;
    step.*size = value;
    result.steps.push_back(depthwise(step));
    result.steps.back().compared = false;
    result.values.push_back(text(value));
  }
  return result;
}

}  // namespace

double Workload::flops() const {
  double sum = 0;
  for (const Part& part : parts) sum += part.flops;
  return sum;
}

double Workload::bytes() const {
  double sum = 0;
  for (const Part& part : parts) sum += part.bytes;
  return sum;
}

std::vector<NetworkLayer> mobilenet(int version, double alpha, std::size_t size) {
  using Kind = NetworkLayer::Kind;
  std::vector<NetworkLayer> layers;
  std::size_t channels = 0;
  const auto add = [&](Kind kind, std::size_t out, std::size_t kernel, std::size_t stride,
                       bool relu6) {
    layers.push_back({kind, channels, out, kernel, stride, size, relu6});
    channels = out;
    size = layers.back().out_size();
  };
  const auto scaled = [&](int filters) { return static_cast<std::size_t>(filters * alpha); };
  channels = 3;
  add(Kind::convolution, scaled(32), 3, 2, true);
  if (version == 1) {
    const int blocks[][2] = {{64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},  {512, 2}, {512, 1},
                             {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};
    for (const auto& block : blocks) {
      add(Kind::depthwise, channels, 3, static_cast<std::size_t>(block[1]), true);
      add(Kind::pointwise, scaled(block[0]), 1, 1, true);
    }
  } else {
    const std::size_t stages[][4] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                                     {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
    for (const auto& stage : stages) {
      for (std::size_t i = 0; i < stage[2]; ++i) {
        const std::size_t stride = i == 0 ? stage[3] : 1, before = channels;
        const std::size_t from = layers.size() - 1;
        if (stage[0] != 1) add(Kind::pointwise, channels * stage[0], 1, 1, true);
        add(Kind::depthwise, channels, 3, stride, true);
        add(Kind::pointwise, stage[1], 1, 1, false);
        if (stride != 1 || before != stage[1]) continue;
        add(Kind::add, channels, 1, 1, false);
        layers.back().residual = from;
      }
    }
    add(Kind::pointwise, 1280, 1, 1, true);
  }
  layers.push_back({Kind::average, channels, channels, 1, size, size});
  layers.push_back({Kind::dense, channels, 1000, 1, 1, 1});
  return layers;
}

std::vector<Workload> workloads() {
  std::vector<Workload> result;
  for (const auto& [batch, pass] :
       {std::pair{std::size_t{1}, Pass::forward}, std::pair{std::size_t{32}, Pass::forward},
        std::pair{std::size_t{32}, Pass::backprop_input},
        std::pair{std::size_t{32}, Pass::backprop_filter}}) {
    for (const Depthwise& layer : depthwise_layers(batch, pass)) {
      result.push_back(depthwise(layer));
    }
  }
  result.push_back(product(12544, 32, 64));
  result.push_back(product(3136, 128, 128));
  result.push_back(product(196, 512, 512));
  result.push_back(product(49, 1024, 1024));
  result.push_back(product(2048, 2048, 2048));
  result.push_back(separable(112, 32, 64));
  result.push_back(separable(56, 128, 128));
  result.push_back(separable(14, 512, 512));
  result.push_back(prediction(1));
  result.push_back(prediction(2));
  using Kind = NetworkLayer::Kind;
  result.push_back(training("train_smallsep_28_b64",
                            {Training::Network::small_separable, 64, 28, 1, 10},
                            {{Kind::convolution, 1, 32, 3, 1, 28, false},
                             {Kind::depthwise, 32, 32, 3, 1, 28, false},
                             {Kind::pointwise, 32, 64, 1, 1, 28, false},
                             {Kind::depthwise, 64, 64, 3, 1, 14, false},
                             {Kind::pointwise, 64, 128, 1, 1, 14, false}}));
  result.push_back(training("train_mobilenetv1_a025_96_b32",
                            {Training::Network::mobilenet_v1, 32, 96, 3, 1000},
                            mobilenet(1, .25, 96)));
  return result;
}

std::vector<Growth> growths() {
  const Depthwise base{1, 56, 128, 3, 1, 1, 1, Pass::forward};
  Depthwise filter = base;
  filter.pass = Pass::backprop_filter;
  Depthwise small = base;
  small.channels = 64;
  return {
      growth("batch, forward 56x56x128, 3x3", base, &Depthwise::batch, {1, 2, 4, 8, 16, 32}),
      growth("batch, gradient to the filter 56x56x128, 3x3", filter, &Depthwise::batch,
             {1, 2, 4, 8, 16, 32}),
      growth("image size, forward 128 channels, 3x3", base, &Depthwise::size, {7, 14, 28, 56, 112}),
      growth("channels, forward 56x56, 3x3", base, &Depthwise::channels,
             {16, 24, 32, 64, 100, 128, 256, 512}),
      growth("kernel size, forward 56x56x128", base, &Depthwise::kernel, {1, 2, 3, 4, 5, 6, 7, 9}),
      growth("depth multiplier, forward 56x56x64, 3x3", small, &Depthwise::multiplier,
             {1, 2, 3, 4, 8}),
  };
}

}  // namespace benchmarks
