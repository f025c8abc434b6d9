#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

// What is measured, as plain numbers: every contender makes of it what it needs. C++17, as all that
// the peers include: PyTorch's headers are not C++20.
namespace benchmarks {

enum class Pass { forward, backprop_input, backprop_filter };

/// A depthwise convolution of square images, padding "same".
struct Depthwise {
  std::size_t batch, size, channels, kernel, stride, dilation, multiplier;
  Pass pass;

  std::size_t out() const { return (size + stride - 1) / stride; }
  /// Zeros above and to the left; those below and to the right follow from the output's size.
  std::size_t pad() const { return padding() / 2; }
  std::size_t pad_after() const { return padding() - pad(); }
  std::size_t out_channels() const { return channels * multiplier; }

 private:
  std::size_t padding() const {
    const std::size_t reach = (out() - 1) * stride + (kernel - 1) * dilation + 1;
    return reach > size ? reach - size : 0;
  }
};

/// C = A B with A m x k and B k x n, the weights.
struct Product {
  std::size_t m, k, n;
};

/// A depthwise 3x3, then a pointwise convolution with bias and relu, of one image.
struct Separable {
  std::size_t size, channels, filters;
};

/// A layer of a network, of square images; convolutions have a bias and padding "same".
struct NetworkLayer {
  enum class Kind { convolution, depthwise, pointwise, add, average, dense };
  Kind kind;
  std::size_t in, out, kernel, stride, size;
  bool relu6 = false;
  std::size_t residual = 0;  ///< add: the layer whose output is added

  std::size_t out_size() const { return (size + stride - 1) / stride; }
};

/// The prediction for one 224x224x3 image, batch normalizations folded for the peers.
struct Prediction {
  int version;  ///< of MobileNet
  std::vector<NetworkLayer> layers;
};

/// A step of training with Adam.
struct Training {
  enum class Network { small_separable, mobilenet_v1 };
  Network network;
  std::size_t batch, size, channels, classes;
};

/// Work with its limits: no less than the larger of the time for `flops` and that for `bytes`.
struct Part {
  double flops, bytes;
  bool reads_only = false;
};

struct Workload {
  std::string name;
  std::variant<Depthwise, Product, Separable, Prediction, Training> task;
  std::vector<Part> parts;  ///< done one after the other
  bool compared = true;     ///< with the peers; else for the tables of how time grows
  std::size_t batch = 1;

  double flops() const;
  double bytes() const;
};

/// The layers of MobileNet 1 (with `alpha`) or 2 for images of `size`, the last one included.
std::vector<NetworkLayer> mobilenet(int version, double alpha, std::size_t size);

std::vector<Workload> workloads();

/// Time by one size of a workload, the others fixed.
struct Growth {
  std::string title;
  std::vector<Workload> steps;
  std::vector<std::string> values;
};
std::vector<Growth> growths();

}  // namespace benchmarks
