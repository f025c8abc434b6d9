#include "application.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>

#include "../framework/spatial.hpp"
#include "../layers/activations/activation.hpp"
#include "../layers/core/dense.hpp"
#include "../layers/normalization/batch_normalization.hpp"
#include "../layers/pooling/global_pooling.hpp"
#include "../layers/reshaping/zero_padding.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {
namespace {

/// The inputs that `tensor` comes from, as met when walking back (keras.src.ops.operation_utils:
/// get_source_inputs).
void add_source_inputs(const SymbolicTensor& tensor, std::set<const Node*>& seen,
                       SymbolicTensors& sources) {
  if (!seen.insert(tensor.node().get()).second) return;
  if (tensor.node()->is_input()) sources.push_back(tensor);
  for (const SymbolicTensor& input : tensor.node()->inputs) {
    add_source_inputs(input, seen, sources);
  }
}

}  // namespace

Application::Application(std::string_view network, ApplicationOptions options)
    : network_(network), options_(std::move(options)) {
  if (options_.weights == "imagenet") {
    refuse(
        "`weights='imagenet'` has to be downloaded, which Keratin does not do. Give the path to ",
        "the weights file to be loaded, or none for random initialization.");
  }
  if (!options_.weights.empty() && !std::filesystem::exists(options_.weights)) {
    refuse("The `weights` argument should be either `None` (random initialization), or the path ",
           "to the weights file to be loaded. Received: weights=", options_.weights);
  }
  if (!options_.pooling.empty() && options_.pooling != "avg" && options_.pooling != "max") {
    refuse("The `pooling` argument should be `None`, 'avg' or 'max'. Received: pooling=",
           options_.pooling);
  }
  if (options_.include_top && options_.classes < 1)
    refuse("`classes` must be a positive integer. Received: classes=", options_.classes);
}

SymbolicTensor Application::input(Dim size, Dim least) {
  input_shape_ = obtain_input_shape(size, least);
  input_ = options_.input_tensor ? *options_.input_tensor : Input(input_shape_);
  return *input_;
}

SymbolicTensor Application::input_of_shape(const Shape& shape, Dim least) {
  check_shape(shape, least);
  input_shape_ = shape;
  input_ = options_.input_tensor ? *options_.input_tensor : Input(input_shape_);
  return *input_;
}

void Application::check_shape(const Shape& shape, Dim least) const {
  const bool first = image_data_format() == DataFormat::channels_first;
  if (shape.size() != 3) {
    refuse("`input_shape` must be a tuple of three integers. Received: input_shape=",
           tuple_text(shape));
  }
  for (const std::size_t axis : {first ? 1 : 0, first ? 2 : 1}) {
    if (shape[axis] != unknown && shape[axis] < least) {
      refuse("Input size must be at least ", least, "x", least,
             "; Received: input_shape=", tuple_text(shape));
    }
  }
}

Shape Application::obtain_input_shape(Dim size, Dim least) const {
  const bool first = image_data_format() == DataFormat::channels_first;
  Shape shape = options_.input_shape;
  if (shape.empty()) {
    const Dim known = options_.include_top ? size : unknown;
    return first ? Shape{3, known, known} : Shape{known, known, 3};
  }
  check_shape(shape, least);
  if (options_.include_top && std::ranges::find(shape, unknown) != shape.end()) {
    refuse("If `include_top` is True, you should specify a static `input_shape`. Received: ",
           "input_shape=", tuple_text(shape));
  }
  return shape;
}

SymbolicTensor Application::top(const SymbolicTensor& x, bool named_pooling) const {
  if (!options_.include_top) return pooled(x, named_pooling);
  const SymbolicTensor features =
      layers::GlobalAveragePooling2D({}, {.name = named_pooling ? "avg_pool" : ""})(x);
  return layers::Dense({.units = options_.classes, .activation = classifier_activation()},
                       {.name = "predictions"})(features);
}

SymbolicTensor Application::pooled(const SymbolicTensor& x, bool named_pooling) const {
  if (options_.pooling == "avg")
    return layers::GlobalAveragePooling2D({}, {.name = named_pooling ? "avg_pool" : ""})(x);
  if (options_.pooling == "max")
    return layers::GlobalMaxPooling2D({}, {.name = named_pooling ? "max_pool" : ""})(x);
  return x;
}

Spec<ActivationFunction> Application::classifier_activation() const {
  const Spec<ActivationFunction>& activation = options_.classifier_activation;
  if (!activation) return "linear";
  const std::string_view name = activation->class_name();
  if (!options_.weights.empty() && name != "softmax" && name != "linear") {
    refuse("Only `None` and `softmax` activations are allowed for the `classifier_activation` ",
           "argument when using pretrained weights, with `include_top=True`; Received: ",
           "classifier_activation=", name);
  }
  return activation;
}

std::string Application::sized_name(std::string_view network, double alpha) const {
  const Dim rows = input_shape_[image_data_format() == DataFormat::channels_first ? 1 : 0];
  char width[32];
  std::snprintf(width, sizeof width, "%.2f", alpha);
  return concat(network, "_", width, "_", rows == unknown ? "None" : std::to_string(rows));
}

Model Application::model(const SymbolicTensor& output, const std::string& default_name) const {
  SymbolicTensors inputs;
  std::set<const Node*> seen;
  add_source_inputs(*input_, seen, inputs);
  Model model(std::move(inputs), {output},
              {.name = options_.name.empty() ? default_name : options_.name});
  if (!options_.weights.empty()) model.load_weights(options_.weights);
  return model;
}

void refuse_channels_first(std::string_view network) {
  if (image_data_format() == DataFormat::channels_first) {
    throw ValueError(concat(network,
                            " does not support the `channels_first` image data format. Switch to ",
                            "`channels_last` by set_image_data_format()."));
  }
}

Dim channel_axis_or(Dim axis) {
  return image_data_format() == DataFormat::channels_first ? 1 : axis;
}

Dim channels_of(const SymbolicTensor& x) {
  return x.shape().at(static_cast<std::size_t>(channel_axis(image_data_format(), 2)));
}

std::pair<Dim, Dim> size_of(const SymbolicTensor& x) {
  const std::size_t rows = image_data_format() == DataFormat::channels_first ? 2 : 1;
  return {x.shape().at(rows), x.shape().at(rows + 1)};
}

layers::Margins<2> correct_pad(const SymbolicTensor& x, Dim kernel_size) {
  const std::pair<Dim, Dim> sizes = size_of(x);
  const Dim after = kernel_size / 2;
  // Unknown sizes count as even.
  const auto before = [&](Dim size) {
    return after - (sizes.first == unknown || size == unknown || size % 2 == 0 ? 1 : 0);
  };
  using Ends = layers::Margins<2>::Ends;
  return {Ends{before(sizes.first), after}, Ends{before(sizes.second), after}};
}

Dim make_divisible(double channels) {
  constexpr Dim divisor = 8;
  const Dim rounded =
      std::max(divisor, static_cast<Dim>(channels + divisor / 2) / divisor * divisor);
  return static_cast<double>(rounded) < 0.9 * channels ? rounded + divisor : rounded;
}

SymbolicTensor activate(const SymbolicTensor& x, const char* function, std::string name) {
  return layers::Activation({.activation = function}, {.name = std::move(name)})(x);
}

SymbolicTensor zero_pad(const SymbolicTensor& x, const layers::Margins<2>& padding,
                        std::string name) {
  return layers::ZeroPadding2D({.padding = padding}, {.name = std::move(name)})(x);
}

SymbolicTensor batch_normalization(const SymbolicTensor& x, const Normalized& how,
                                   std::string name) {
  return layers::BatchNormalization({.axis = channel_axis_or(how.axis),
                                     .momentum = how.momentum,
                                     .epsilon = how.epsilon,
                                     .scale = how.scale},
                                    {.name = std::move(name)})(x);
}

}  // namespace keratin::inline KERATIN_VARIANT::applications
