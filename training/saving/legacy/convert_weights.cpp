#include "convert_weights.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>

#include <nlohmann/json.hpp>

#include "../../../framework/base/error.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

/// numpy.transpose(tensor, axes)
Tensor transposed(const Tensor& tensor, const std::vector<std::size_t>& axes) {
  const Shape shape = shape_of(tensor);
  const std::size_t rank = shape.size();
  Shape result_shape(rank), strides(rank, 1), result_strides(rank);
  for (std::size_t axis = rank; axis-- > 1;) strides[axis - 1] = strides[axis] * shape[axis];
  for (std::size_t axis = 0; axis < rank; ++axis) {
    result_shape[axis] = shape[axes[axis]];
    result_strides[axis] = strides[axes[axis]];
  }
  Tensor result = empty(result_shape);
  Shape index(rank, 0);
  Dim source = 0;
  for (std::size_t i = 0; i < result.size(); ++i) {
    result.data()[i] = tensor.data()[source];
    for (std::size_t axis = rank; axis-- > 0;) {
      source += result_strides[axis];
      if (++index[axis] < result_shape[axis]) break;
      source -= result_strides[axis] * result_shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}

/// Reverses the spatial axes of a kernel: true convolution becomes correlation.
Tensor rotated(const Tensor& kernel) {
  const Shape shape = shape_of(kernel);
  const auto block = static_cast<std::size_t>(shape[shape.size() - 1] * shape[shape.size() - 2]);
  const std::size_t places = block ? kernel.size() / block : 0;
  Tensor result = empty(shape);
  for (std::size_t i = 0; i < places; ++i) {
    std::copy_n(kernel.data() + i * block, block, result.data() + (places - 1 - i) * block);
  }
  return result;
}

/// Joins arrays of equal shape along the last axis.
Tensor joined(const std::vector<Tensor>& all, std::initializer_list<std::size_t> which) {
  Shape shape = shape_of(all[*which.begin()]);
  for (const std::size_t k : which) {
    if (shape.empty() || shape_of(all[k]) != shape)
      throw ValueError("the gates of a recurrent layer have different shapes in the file");
  }
  const auto row = static_cast<std::size_t>(shape.back());
  const std::size_t rows = row ? all[*which.begin()].size() / row : 0;
  shape.back() *= static_cast<Dim>(which.size());
  Tensor result = empty(shape);
  std::size_t gate = 0;
  for (const std::size_t k : which) {
    for (std::size_t r = 0; r < rows; ++r) {
      std::copy_n(all[k].data() + r * row, row, result.data() + (r * which.size() + gate) * row);
    }
    ++gate;
  }
  return result;
}

/// Each gate's part K of a kernel (n, gates * units) becomes, as CuDNN reads memory column by
/// column, numpy.reshape(K.T, K.shape, order="F"): element k of K, counted by rows, goes where K
/// has its element k counted by columns. For a recurrent kernel that is its transpose.
Tensor from_cudnn_kernel(const Tensor& kernel, std::size_t gates) {
  const auto n = static_cast<std::size_t>(kernel.shape()[0]);
  const std::size_t width = static_cast<std::size_t>(kernel.shape()[1]), units = width / gates;
  Tensor result = empty(shape_of(kernel));
  for (std::size_t gate = 0; gate < gates; ++gate) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < units; ++j) {
        const std::size_t flat = j * n + i;
        result.data()[i * width + gate * units + j] =
            kernel.data()[flat / units * width + gate * units + flat % units];
      }
    }
  }
  return result;
}

void convert_lstm(std::vector<Tensor>& w) {
  if (w.size() == 12) {
    // Gates were i, c, f, o; they are i, f, c, o.
    w = {joined(w, {0, 6, 3, 9}), joined(w, {1, 7, 4, 10}), joined(w, {2, 8, 5, 11})};
  }
  const bool is_cudnn = w.size() == 3 && w[1].dimension() == 2 && w[2].dimension() == 1 &&
                        w[2].shape()[0] == 8 * w[1].shape()[0];
  if (!is_cudnn) return;
  w[0] = from_cudnn_kernel(w[0], 4);
  w[1] = from_cudnn_kernel(w[1], 4);
  const std::size_t half = w[2].size() / 2;
  Tensor bias = empty({static_cast<Dim>(half)});
  for (std::size_t i = 0; i < half; ++i) bias.data()[i] = w[2].data()[i] + w[2].data()[half + i];
  w[2] = std::move(bias);
}

void convert_gru(std::vector<Tensor>& w) {
  if (w.size() == 9) w = {joined(w, {0, 3, 6}), joined(w, {1, 4, 7}), joined(w, {2, 5, 8})};
  const bool is_cudnn = w.size() == 3 && w[1].dimension() == 2 && w[2].dimension() == 1 &&
                        w[2].shape()[0] == 6 * w[1].shape()[0];
  if (!is_cudnn) return;
  w[0] = from_cudnn_kernel(w[0], 3);
  w[1] = from_cudnn_kernel(w[1], 3);
  w[2] = reshaped(std::move(w[2]), {2, static_cast<Dim>(w[2].size()) / 2});
}

struct Conv {
  const Layer& layer;
  const Origin& origin;
  bool channels_first;

  Conv(const Layer& owner, const Origin& origin_of_file)
      : layer(owner),
        origin(origin_of_file),
        channels_first(owner.get_config().value("data_format", Json()) == "channels_first") {}

  /// The kernel in today's order of axes.
  Tensor ordered(Tensor kernel, const Shape& wanted) const {
    const bool is_transpose = layer.class_name().ends_with("Transpose");
    if (kernel.dimension() == 4 && wanted.size() == 3 && !is_transpose) {
      // Keras 1: (filters, channels, length, 1), or (length, 1, channels, filters).
      const Shape old = shape_of(kernel);
      const bool is_first = old[0] == wanted[2] && old[2] == wanted[0] && old[3] == 1;
      if (is_first && !(old[0] == wanted[0] && old[1] == 1 && old[3] == wanted[2]))
        kernel = transposed(kernel, {2, 3, 1, 0});
      return kernel.size() == count(wanted) ? reshaped(std::move(kernel), wanted) : kernel;
    }
    if (origin.major == 1 && kernel.dimension() == wanted.size()) {
      if (is_transpose && wanted.size() == 4)
        return transposed(kernel, channels_first ? Axes{2, 3, 0, 1} : Axes{0, 1, 3, 2});
      if (channels_first && wanted.size() == 4) return transposed(kernel, {2, 3, 1, 0});
      if (channels_first && wanted.size() == 5) return transposed(kernel, {2, 3, 4, 1, 0});
    }
    if (kernel.dimension() == 4 && shape_of(kernel) != wanted)
      return transposed(kernel, {3, 2, 0, 1});
    return kernel;
  }

  /// Theano convolved; files of Keras 1 that keep its order of axes were most likely its own.
  bool is_rotated() const {
    return origin.backend == "theano" ||
           (origin.major == 1 && origin.backend.empty() && channels_first);
  }

 private:
  using Axes = std::vector<std::size_t>;
  static std::size_t count(const Shape& shape) {
    std::size_t product = 1;
    for (const Dim dim : shape) product *= static_cast<std::size_t>(dim);
    return product;
  }
};

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

void convert_weights(const Layer& layer, std::vector<Tensor>& weights, const Origin& origin) {
  if (origin.major >= 3 || weights.empty() || layer.own_weights().empty()) return;
  const std::string_view name = layer.class_name();
  if (is_one_of(name, {"LSTM", "LSTMCell"})) return convert_lstm(weights);
  if (is_one_of(name, {"GRU", "GRUCell"})) return convert_gru(weights);
  const bool is_conv_lstm = name.starts_with("ConvLSTM");
  if (is_conv_lstm && weights.size() == 12) {
    weights = {joined(weights, {0, 6, 3, 9}), joined(weights, {1, 7, 4, 10}),
               joined(weights, {2, 8, 5, 11})};
  }
  if (!is_conv_lstm && !is_one_of(name, {"Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose",
                                         "Conv3DTranspose", "Conv1DTranspose"})) {
    return;
  }
  const Conv conv(layer, origin);
  const std::size_t kernels = is_conv_lstm && weights.size() > 1 ? 2 : 1;
  for (std::size_t k = 0; k < kernels; ++k) {
    const Shape wanted = shape_of(layer.own_weights()[k].value());
    weights[k] = conv.ordered(std::move(weights[k]), wanted);
    if (conv.is_rotated()) weights[k] = rotated(weights[k]);
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
