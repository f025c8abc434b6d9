#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/initializer.hpp"
#include "../../../framework/keratin.hpp"
#include "../../../training/saving/load_function.hpp"

// What Keras 1 and 2 called things, compared with layers that are made directly.

namespace keratin::inline KERATIN_VARIANT {
namespace {

using namespace layers;

/// The first layer of a Sequential that `version` wrote, with one layer of this class and config.
LayerHandle loaded(const std::string& version, const std::string& class_name,
                   const std::string& config, LoadReport* report = nullptr) {
  const std::string text = R"({"class_name": "Sequential", "keras_version": ")" + version +
                           R"(", "config": [{"class_name": ")" + class_name + R"(", "config": )" +
                           config + "}]}";
  const auto function = function_from_json(text, report);
  REQUIRE(function->layers().size() == 1);
  return function->layers()[0];
}

void check_same(const LayerHandle& actual, const LayerHandle& expected) {
  CHECK(actual->class_name() == expected->class_name());
  CHECK(actual->get_config().dump() == expected->get_config().dump());
}

std::string refusal(const std::string& version, const std::string& class_name,
                    const std::string& config) {
  try {
    loaded(version, class_name, config);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

Tensor predicted(const Function& function, const Tensors& inputs) {
  std::vector<const Tensor*> references;
  for (const Tensor& input : inputs) references.push_back(&input);
  Step step;
  Context context(step);
  context.run(function, references);
  return context.take_outputs()[0];
}

}  // namespace

TEST_CASE("Keras 1: dense and regularization layers") {
  check_same(loaded("1.2.2", "Dense", R"({"name": "d", "trainable": true, "output_dim": 3,
      "init": "uniform", "activation": "relu", "W_regularizer": {"name": "WeightRegularizer",
      "l1": 0.0, "l2": 0.01}, "b_regularizer": null, "activity_regularizer": null,
      "W_constraint": {"name": "MaxNorm", "m": 2, "axis": 0}, "b_constraint": null, "bias": false,
      "input_dim": 4, "batch_input_shape": [null, 4], "input_dtype": "float32"})"),
             Dense({.units = 3,
                    .activation = "relu",
                    .use_bias = false,
                    .kernel_initializer = "uniform",
                    .kernel_regularizer = regularizers::L1L2({.l1 = 0.0, .l2 = 0.01}),
                    .kernel_constraint = constraints::MaxNorm({.max_value = 2, .axis = 0})},
                   {.name = "d"}));
  check_same(loaded("1.2.2", "Dropout", R"({"name": "d", "trainable": true, "p": 0.25})"),
             Dropout({.rate = 0.25}, {.name = "d"}));
  check_same(
      loaded("1.2.2", "SpatialDropout2D", R"({"name": "d", "p": 0.25, "dim_ordering": "th"})"),
      SpatialDropout2D({.rate = 0.25, .data_format = "channels_first"}, {.name = "d"}));
  check_same(loaded("1.2.2", "GaussianNoise", R"({"name": "d", "sigma": 0.5})"),
             GaussianNoise({.stddev = 0.5}, {.name = "d"}));
  check_same(loaded("1.2.2", "GaussianDropout", R"({"name": "d", "p": 0.5})"),
             GaussianDropout({.rate = 0.5}, {.name = "d"}));
}

TEST_CASE("Keras 1: convolutions and pooling") {
  const auto conv = loaded("1.2.2", "Convolution2D", R"({"name": "c", "nb_filter": 4, "nb_row": 3,
      "nb_col": 2, "init": "glorot_uniform", "activation": "linear", "border_mode": "same",
      "subsample": [2, 1], "dim_ordering": "th", "W_regularizer": null, "b_regularizer": null,
      "activity_regularizer": null, "W_constraint": null, "b_constraint": null, "bias": true})");
  check_same(conv, Conv2D({.filters = 4,
                           .kernel_size = {3, 2},
                           .strides = {2, 1},
                           .padding = "same",
                           .data_format = "channels_first"},
                          {.name = "c"}));
  check_same(loaded("1.2.2", "AtrousConvolution2D", R"({"name": "c", "nb_filter": 4, "nb_row": 3,
      "nb_col": 3, "atrous_rate": [2, 2], "dim_ordering": "tf"})"),
             Conv2D({.filters = 4, .kernel_size = 3, .dilation_rate = 2}, {.name = "c"}));
  check_same(loaded("1.2.2", "Convolution1D", R"({"name": "c", "nb_filter": 4,
      "filter_length": 3, "subsample_length": 2, "border_mode": "valid", "input_dim": 7,
      "input_length": 9})"),
             Conv1D({.filters = 4, .kernel_size = 3, .strides = 2}, {.name = "c"}));
  check_same(loaded("1.2.2", "Convolution3D", R"({"name": "c", "nb_filter": 4, "kernel_dim1": 1,
      "kernel_dim2": 2, "kernel_dim3": 3, "subsample": [1, 1, 1], "dim_ordering": "tf"})"),
             Conv3D({.filters = 4, .kernel_size = {1, 2, 3}}, {.name = "c"}));
  check_same(
      loaded("1.2.2", "SeparableConvolution2D", R"({"name": "c", "nb_filter": 4,
      "nb_row": 3, "nb_col": 3, "depth_multiplier": 2, "depthwise_init": "glorot_uniform",
      "dim_ordering": "tf"})"),
      SeparableConv2D({.filters = 4, .kernel_size = 3, .depth_multiplier = 2}, {.name = "c"}));
  check_same(loaded("1.2.2", "MaxPooling2D", R"({"name": "p", "pool_size": [2, 2],
      "strides": [2, 2], "border_mode": "same", "dim_ordering": "tf"})"),
             MaxPooling2D({.padding = "same"}, {.name = "p"}));
  check_same(loaded("1.2.2", "MaxPooling1D", R"({"name": "p", "pool_length": 3, "stride": 2,
      "border_mode": "valid"})"),
             MaxPooling1D({.pool_size = 3, .strides = 2}, {.name = "p"}));
  check_same(loaded("1.2.2", "UpSampling1D", R"({"name": "u", "length": 3})"),
             UpSampling1D({.size = 3}, {.name = "u"}));
  check_same(loaded("1.2.2", "ZeroPadding2D", R"({"name": "z", "padding": [1, 2, 3, 4],
      "dim_ordering": "tf"})"),
             loaded("2.4.0", "ZeroPadding2D", R"({"name": "z", "padding": [[1, 2], [3, 4]],
      "data_format": "channels_last"})"));
  check_same(loaded("1.2.2", "ZeroPadding2D", R"({"name": "z", "padding": {"top_pad": 1,
      "bottom_pad": 2, "left_pad": 3, "right_pad": 4}, "dim_ordering": "tf"})"),
             loaded("2.4.0", "ZeroPadding2D", R"({"name": "z", "padding": [[1, 2], [3, 4]],
      "data_format": "channels_last"})"));
  check_same(loaded("1.2.2", "ZeroPadding1D", R"({"name": "z", "padding": {"left_pad": 1,
      "right_pad": 2}})"),
             loaded("2.4.0", "ZeroPadding1D", R"({"name": "z", "padding": [1, 2]})"));
}

TEST_CASE("Keras 1: other layers") {
  check_same(loaded("1.2.2", "BatchNormalization", R"({"name": "b", "gamma_regularizer": null,
      "epsilon": 0.001, "trainable": true, "mode": 0, "axis": 1, "momentum": 0.99,
      "beta_regularizer": null, "beta_init": "zero", "gamma_init": "one"})"),
             loaded("2.4.0", "BatchNormalization", R"({"name": "b", "axis": [1],
      "momentum": 0.99, "epsilon": 0.001})"));
  CHECK(refusal("1.2.2", "BatchNormalization", R"({"name": "b", "mode": 2})") ==
        "Layer 'b' (BatchNormalization): the argument `mode`=2 of an old file has no counterpart "
        "in Keras 3 and changes the result");
  check_same(loaded("1.2.2", "Embedding", R"({"name": "e", "input_dim": 5, "output_dim": 3,
      "init": "uniform", "input_length": 7, "W_regularizer": null, "activity_regularizer": null,
      "W_constraint": null, "mask_zero": true, "dropout": 0.0,
      "batch_input_shape": [null, 7]})"),
             Embedding({.input_dim = 5, .output_dim = 3, .mask_zero = true}, {.name = "e"}));
  check_same(loaded("1.2.2", "PReLU", R"({"name": "p", "init": "zero"})"),
             PReLU({}, {.name = "p"}));
  check_same(loaded("1.2.2", "LeakyReLU", R"({"name": "p", "alpha": 0.1})"),
             LeakyReLU({.negative_slope = 0.1}, {.name = "p"}));
  check_same(
      loaded("2.0.5", "LeakyReLU", R"({"name": "p", "alpha": {"type": "ndarray", "value": 0.1}})"),
      LeakyReLU({.negative_slope = 0.1}, {.name = "p"}));
  check_same(loaded("1.2.2", "ThresholdedReLU", R"({"name": "p", "theta": 0.5})"),
             ReLU({.threshold = 0.5}, {.name = "p"}));
  check_same(loaded("1.2.2", "Activation", R"({"name": "a", "activation": "hard_sigmoid"})"),
             Activation({.activation = "hard_sigmoid_keras2"}, {.name = "a"}));
}

TEST_CASE("Keras 2: keys that say nothing any more") {
  LoadReport report;
  check_same(loaded("2.8.0", "DepthwiseConv2D", R"({"name": "c", "trainable": true,
      "dtype": "float32", "kernel_size": [3, 3], "strides": [1, 1], "padding": "same",
      "data_format": "channels_last", "dilation_rate": [1, 1], "groups": 1,
      "activation": "linear", "use_bias": true, "depth_multiplier": 1})",
                    &report),
             DepthwiseConv2D({.kernel_size = 3, .padding = "same"}, {.name = "c"}));
  CHECK(report.notes ==
        std::vector<std::string>{"Layer 'c' (DepthwiseConv2D): `groups`=1 was left out"});
  CHECK(refusal("2.8.0", "DepthwiseConv2D", R"({"name": "c", "kernel_size": 3, "groups": 2})") ==
        "Layer 'c' (DepthwiseConv2D): the argument `groups`=2 of an old file has no counterpart in "
        "Keras 3 and changes the result");
  for (const char* dtype :
       {R"("float32")", "null", R"({"class_name": "Policy", "config": {"name": "float32"}})",
        R"({"class_name": "PolicyV1", "config": {"name": "infer", "loss_scale": null}})",
        R"({"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"},
            "registered_name": null})"}) {
    CAPTURE(dtype);
    check_same(loaded("2.4.0", "Flatten",
                      std::string(R"({"name": "f", "data_format":
        "channels_last", "dtype": )") +
                          dtype + "}"),
               Flatten({}, {.name = "f"}));
  }
  check_same(loaded("2.4.0", "FixedDropout", R"({"name": "d", "rate": 0.2, "seed": null,
      "noise_shape": [null, 1, 1, null]})"),
             loaded("2.4.0", "Dropout", R"({"name": "d", "rate": 0.2, "seed": null,
      "noise_shape": [null, 1, 1, null]})"));
  check_same(loaded("2.4.0", "BatchNormalizationV1", R"({"name": "b", "axis": [3]})"),
             BatchNormalization({.axis = 3}, {.name = "b"}));
  check_same(loaded("2.4.0", "ReLU", R"({"name": "r", "max_value": 6})"),
             ReLU({.max_value = 6}, {.name = "r"}));
  check_same(loaded("2.2.4", "Activation", R"({"name": "a", "activation": "relu6"})"),
             Activation({.activation = "relu6"}, {.name = "a"}));
  check_same(loaded("2.2.4", "Activation", R"({"name": "a", "activation": "swish"})"),
             Activation({.activation = "silu"}, {.name = "a"}));
}

TEST_CASE("Advanced activations may be a layer's activation") {
  check_same(loaded("2.4.0", "Dense", R"({"name": "d", "units": 2, "activation": {"class_name":
      "LeakyReLU", "config": {"name": "l", "trainable": true, "dtype": "float32", "alpha": 0.2}}})"),
             Dense({.units = 2, .activation = activations::LeakyRelu({.negative_slope = 0.2})},
                   {.name = "d"}));
  check_same(loaded("2.4.0", "Dense", R"({"name": "d", "units": 2, "activation": {"class_name":
      "ReLU", "config": {"name": "l", "max_value": 6.0, "negative_slope": 0.0,
      "threshold": 0.0}}})"),
             Dense({.units = 2, .activation = activations::Relu({.max_value = 6})}, {.name = "d"}));
}

TEST_CASE("A model of Keras 1 that merges models becomes a graph") {
  const std::string dense = R"({"class_name": "Dense", "config": {"name": "NAME", "output_dim": 2,
      "batch_input_shape": [null, 3]}})";
  const auto branch = [&](const std::string& name) {
    std::string text = dense;
    text.replace(text.find("NAME"), 4, name);
    return R"({"class_name": "Sequential", "config": [)" + text + "]}";
  };
  const std::string text =
      R"({"class_name": "Sequential", "keras_version": "1.2.2", "config": [
      {"class_name": "Merge", "config": {"name": "m", "mode": "concat", "mode_type": "raw",
       "concat_axis": -1, "dot_axes": -1, "output_shape": null, "layers": [)" +
      branch("a") + ", " + branch("b") + R"(]}},
      {"class_name": "Dense", "config": {"name": "c", "output_dim": 1}}]})";
  const auto function = function_from_json(text);
  REQUIRE(function->graph());
  CHECK(function->graph()->inputs().size() == 2);
  const auto input_a = Input({3}, {.name = "ia"}), input_b = Input({3}, {.name = "ib"});
  const Dense a({.units = 2}, {.name = "a2"}), b({.units = 2}, {.name = "b2"}),
      c({.units = 1}, {.name = "c2"});
  const Model model({input_a, input_b}, {c(Concatenate()({a(input_a), b(input_b)}))});
  for (std::size_t i = 0; i < model.weights().size(); ++i)
    model.weights()[i]->assign(Tensor(function->weights()[i]->value()));
  Tensor x = full({2, 3}, 0.5), y = full({2, 3}, -1);
  CHECK(predicted(*function, {x, y}) == predicted(model.function(), {x, y}));
}

TEST_CASE("Python code is never executed: the error says what to write") {
  CHECK(refusal("1.2.2", "Merge", R"({"name": "m", "mode_type": "lambda", "mode": ["code"]})") ==
        "Layer 'm' (Merge) merges by Python code, which is never executed: write a layer of the "
        "same function, and say so before loading: keratin::register_layer<MergeLayer>();");
  CHECK(refusal("2.4.0", "Dense", R"({"name": "d", "units": 2, "kernel_regularizer":
      {"class_name": "my>Spectral", "config": {}}})") ==
        "Layer 'd' (Dense): Invalid value for argument `kernel_regularizer`. Received: "
        "kernel_regularizer={\"class_name\":\"my>Spectral\",\"config\":{}} (Could not interpret "
        "regularizer identifier: my>Spectral). If it is one of yours, say so before loading: "
        "keratin::register_regularizer<Spectral>();");
  CHECK(refusal("2.4.0", "Dense", R"({"name": "d", "units": 2, "activation": "snake"})") ==
        "Layer 'd' (Dense): Invalid value for argument `activation`. Received: "
        "activation=\"snake\" (Could not interpret activation function identifier: snake). If it "
        "is one of yours, say so before loading: keratin::register_activation<snake>();");
}

TEST_CASE("The shape of a Sequential's input may be said in many ways") {
  const auto input = [](const std::string& class_name, const std::string& config) {
    const auto function = function_from_json(
        R"({"class_name": "Sequential", "keras_version": "2.1.0", "config": [{"class_name": ")" +
        class_name + R"(", "config": )" + config + "}]}");
    return function->graph() ? function->graph()->inputs()[0].shape() : Shape();
  };
  CHECK(input("Dense", R"({"name": "d", "units": 2, "batch_input_shape": [null, 3]})") ==
        Shape{unknown, 3});
  CHECK(input("Dense", R"({"name": "d", "units": 2, "batch_input_shape": [5, 3]})") == Shape{5, 3});
  CHECK(input("Dense", R"({"name": "d", "units": 2, "input_shape": [3]})") == Shape{unknown, 3});
  CHECK(input("Dense", R"({"name": "d", "units": 2, "input_dim": 3})") == Shape{unknown, 3});
  CHECK(input("Embedding", R"({"name": "d", "input_dim": 4, "output_dim": 2,
      "input_length": 3})") == Shape{unknown, 3});
  CHECK(input("Dense", R"({"name": "d", "units": 2})") == Shape());
}

}  // namespace keratin::inline KERATIN_VARIANT
