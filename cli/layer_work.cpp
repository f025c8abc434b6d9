#include "layer_work.hpp"

#include <algorithm>
#include <string_view>

namespace keratin::cli {
namespace {

bool ends_with(std::string_view text, std::string_view end) { return text.ends_with(end); }

/// How often a layer multiplies all of a kernel of `weights` elements.
double uses_of_kernel(const Layer& layer, const Parameter& kernel, const Tensor& input,
                      const Tensor& output) {
  const std::string_view name = layer.class_name(), weight = kernel.name();
  const auto number = [](std::size_t size) { return static_cast<double>(size); };
  const Tensor& value = kernel.value();
  if (value.dimension() < 2 || !ends_with(weight, "kernel")) return 0;
  const double last = number(value.shape(value.dimension() - 1));
  if (name.find("Transpose") != name.npos) return number(input.size()) / last;
  if (name.starts_with("Conv") || name == "Dense") return number(output.size()) / last;
  if (name.starts_with("Depthwise")) {
    return number(output.size()) / (last * number(value.shape(value.dimension() - 2)));
  }
  if (name.starts_with("Separable")) {  // both kernels are used at each place of the output
    const auto& pointwise = layer.weights();
    for (const Parameter* parameter : pointwise) {
      if (parameter->name() != "pointwise_kernel") continue;
      const Tensor& filters = parameter->value();
      return number(output.size()) / number(filters.shape(filters.dimension() - 1));
    }
  }
  if (name == "LSTM" || name == "GRU" || name == "SimpleRNN") {
    return number(input.size()) / number(input.shape(input.dimension() - 1));
  }
  return 0;
}

}  // namespace

LayerWork work_of(const Layer& layer, const std::vector<const Tensor*>& inputs,
                  const Tensors& outputs) {
  double elements = 0, flops = 0;
  for (const Tensor* input : inputs) elements += static_cast<double>(input->size());
  for (const Tensor& output : outputs) {
    elements += static_cast<double>(output.size());
    flops += static_cast<double>(output.size());
  }
  for (const Parameter* parameter : layer.weights()) {
    const auto size = static_cast<double>(parameter->value().size());
    elements += size;
    flops += 2 * size * uses_of_kernel(layer, *parameter, *inputs[0], outputs[0]);
  }
  return {flops, elements * static_cast<double>(sizeof(real))};
}

}  // namespace keratin::cli
