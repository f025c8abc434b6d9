#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "configurable.hpp"
#include "context.hpp"
#include "initializer.hpp"
#include "parameter.hpp"
#include "registry.hpp"

namespace keratin::inline KERATIN_VARIANT {

namespace prepared {
class Operation;
}

/// Options that every layer has.
struct LayerOptions {
  /// Empty: named after the class, "dense", "dense_1".
  std::string name = {};
  bool trainable = true;
  /// The dtype policy's name, kept in the config; computation is in `real`.
  std::string dtype = "float32";
  /// A penalty on the layer's output.
  Spec<Regularizer> activity_regularizer = {};
  void describe(Fields& fields);
};

/// What an input must be like; checked at every call.
struct InputSpec {
  std::optional<std::size_t> ndim = {};
  std::optional<std::size_t> min_ndim = {};
  std::optional<std::size_t> max_ndim = {};
  /// (axis, size); negative axes count from the end.
  std::vector<std::pair<int, Dim>> axes = {};
};

class Layer;

/// A layer within a layer, at the place where Keras's files have it: "cell", "layers/conv2d_1".
struct Sublayer {
  std::string path;
  Layer* layer;
};

/// A function of tensors with weights (keras.layers.Layer). Computation is const: see Context.
class Layer : public Configurable {
 public:
  static constexpr std::string_view kind = "layer";

  /// `class_name` gives a layer without a name one.
  Layer(std::string_view class_name, LayerOptions options);
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;
  ~Layer() override;

  std::string_view module() const override { return "keras.layers"; }
  const std::string& name() const { return common_.name; }
  const std::string& dtype() const { return common_.dtype; }
  const Spec<Regularizer>& activity_regularizer() const { return common_.activity_regularizer; }

  /// Creates the weights for inputs of these shapes. Does nothing the second time.
  void build(const Shapes& input_shapes);
  bool built() const { return built_; }
  /// Whether Keras holds a layer of this class for built once it is made: then it notes no shape.
  virtual bool is_built_when_made() const { return false; }
  /// The shapes it was built for; empty before.
  const Shapes& build_shapes() const { return build_shapes_; }

  virtual Shapes compute_output_shapes(const Shapes& input_shapes) const = 0;
  /// The dtype of output i in a graph, as Keras names it.
  virtual std::string output_dtype(std::size_t /*i*/) const { return "float32"; }

  /// Computes the outputs. What backward will need beyond inputs and outputs goes into `context`.
  virtual Tensors forward_all(TensorRefs inputs, Context& context) const = 0;
  /// Given the gradients of the outputs, adds those of the weights to `context` and returns those
  /// of the inputs.
  virtual Tensors backward_all(Tensors output_gradients, Context& context) const = 0;
  /// Computes the outputs and makes them those of `context`.
  virtual void run(TensorRefs inputs, Context& context) const {
    context.set_outputs(forward_all(inputs, context));
  }

  /// What inference may run in place of a call with such inputs (`unknown` sizes stay open): see
  /// prepared/operation.hpp. Null: the layer itself.
  virtual std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const;

  /// Whether a training step's call can apply `function`, which follows it, as its last step: it is
  /// then Context::following().
  virtual bool takes_activation(const ActivationFunction& /*function*/) const { return false; }

  /// Whether a mask passes through unchanged (keras.Layer.supports_masking).
  virtual bool supports_masking() const { return false; }
  /// Throws ShapeError where the tensors or shapes do not suit the layer.
  void check_inputs(TensorRefs inputs) const;
  void check_inputs(const Shapes& inputs) const;

  /// Whether a prediction changes weights too, as the states of a stateful recurrent layer: a model
  /// then keeps what was proposed. By default, whether a layer within is.
  virtual bool is_stateful() const;
  /// Sets the states of the stateful layers within to zero.
  virtual void reset_state();

  bool trainable() const { return common_.trainable; }
  /// Freezes or unfreezes this layer and all within it.
  void set_trainable(bool trainable);

  /// This layer's own weights, in the order of creation. Layers are references to their weights:
  /// who sees a layer may change them.
  std::deque<Parameter>& own_weights() const { return weights_; }
  /// The layers within, in the order in which Keras stores them.
  virtual std::vector<Sublayer> sublayers() const { return {}; }
  /// The weights of this layer (those to train first) and of all within, each once.
  std::vector<Parameter*> weights() const;
  std::vector<Parameter*> trainable_weights() const;
  std::vector<Parameter*> non_trainable_weights() const;
  std::size_t count_params() const;
  /// Whether backward through this layer has any weight's gradient to compute.
  bool has_trainable_weights() const;

  void write_config(Json& config) const override;
  /// Adds "build_config", what Keras needs to create the weights before it loads them.
  void write_serialized(Json& json) const override;

  /// Throws ValueError: the layer, then what `parts` say.
  template <class... Parts>
  [[noreturn]] void refuse(const Parts&... parts) const {
    throw ValueError(concat(label(), ": ", parts...));
  }
  /// "Layer 'stem' (DepthwiseConv2D)", the beginning of messages.
  std::string label() const;

 protected:
  /// The value of "build_config": {"input_shape": shape}, or a list of shapes for several inputs.
  virtual void write_build_config(Json& json) const;
  virtual void build_all(const Shapes& /*input_shapes*/) {}
  /// For a layer whose inner structure has changed.
  void build_again(const Shapes& input_shapes);

  struct WeightOptions {
    std::string name;
    Shape shape;
    Spec<Initializer> initializer = {};  ///< none: zeros
    Spec<Regularizer> regularizer = {};
    Spec<Constraint> constraint = {};
    bool trainable = true;
    std::string dtype = "float32";
  };
  Parameter& add_weight(WeightOptions options);
  /// What input i must be like from now on.
  void set_input_spec(InputSpec spec, std::size_t i = 0);

 private:
  void check_input(std::size_t i, const Shape& shape) const;

  LayerOptions common_;
  bool built_ = false;
  Shapes build_shapes_;
  std::vector<InputSpec> input_specs_;
  mutable std::deque<Parameter> weights_;  // deque: a Parameter must not move
};

/// Shapes as Keras prints them: "(None, 8, 8, 3)", "[(None, 2), (None, 3)]".
std::string tuple_text(const Shape& shape);
std::string tuple_text(const Shapes& shapes);

/// "Layer 'stem' (DepthwiseConv2D)" for a layer that is yet to be made from `config`.
std::string layer_label(std::string_view class_name, const Json& config);

/// A layer with one input and one output, which is most of them.
class UnaryLayer : public Layer {
 public:
  using Layer::Layer;

  virtual Shape compute_output_shape(const Shape& input) const { return input; }
  virtual Tensor forward(const Tensor& input, Context& context) const = 0;
  virtual Tensor backward(Tensor output_gradient, Context& context) const = 0;

  Shapes compute_output_shapes(const Shapes& inputs) const final;
  Tensors forward_all(TensorRefs inputs, Context& context) const final;
  Tensors backward_all(Tensors output_gradients, Context& context) const final;

 protected:
  virtual void build_weights(const Shape& /*input*/) {}
  void build_all(const Shapes& inputs) final;
};

/// The package of a layer class of the user's, "Custom" where it names none.
template <class L>
constexpr std::string_view package_of() {
  if constexpr (requires { L::package; }) {
    return L::package;
  } else {
    return "Custom";
  }
}

/// What a layer with options always has. `Derived::keras_name` names it in files and
/// `Options::describe` lists its arguments. A derived class that validates its options does so in
/// its constructor.
template <class Derived, class OptionsType, class Base = UnaryLayer>
class OptionsLayer : public Base {
 public:
  using Options = OptionsType;
  explicit OptionsLayer(Options options = {}, LayerOptions common = {})
      : Base(Derived::keras_name, std::move(common)), options_(std::move(options)) {}

  std::string_view class_name() const final { return Derived::keras_name; }
  /// A class that names its package is one of the user's: see register_layer().
  std::string registered_name() const override {
    if constexpr (requires { Derived::package; }) {
      return concat(Derived::package, ">", Derived::keras_name);
    } else {
      return {};
    }
  }
  const Options& options() const { return options_; }

  void write_config(Json& config) const override {
    Base::write_config(config);
    Options options = options_;
    Fields fields = Fields::writer(config);
    options.describe(fields);
  }
  static std::shared_ptr<Derived> from_config(const Json& config) {
    Options options{};
    LayerOptions common;
    Fields fields = Fields::reader(config, layer_label(Derived::keras_name, config));
    common.describe(fields);
    options.describe(fields);
    fields.finish(Derived::keras_name);
    return std::make_shared<Derived>(std::move(options), std::move(common));
  }

 protected:
  Options options_;
};

template <>
Registry<Layer>& Registry<Layer>::instance();

}  // namespace keratin::inline KERATIN_VARIANT
