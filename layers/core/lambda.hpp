#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// What a Lambda computes: a function of the program, under a name that files know it by.
struct LambdaFunction {
  /// The output for the inputs of a call, given the layer's `arguments`.
  std::function<Tensor(TensorRefs inputs, const Json& arguments)> forward;
  /// The gradients of the inputs; none: there is nothing to train before the layer.
  std::function<Tensors(TensorRefs inputs, const Tensor& output, Tensor gradient,
                        const Json& arguments)>
      backward = {};
  /// The output's shape, where the layer's `output_shape` does not say it; none: the first input's.
  std::function<Shape(const Shapes& inputs, const Json& arguments)> output_shape = {};
  /// The mask that goes on with the output (the argument `mask` of keras.layers.Lambda).
  std::function<std::optional<Tensor>(TensorRefs inputs, TensorRefs masks)> mask = {};
};

/// The same for a function of one input without arguments.
struct UnaryFunction {
  std::function<Tensor(const Tensor& input)> forward;
  std::function<Tensor(const Tensor& input, const Tensor& output, Tensor gradient)> backward = {};
  std::function<Shape(const Shape& input)> output_shape = {};

  operator LambdaFunction() const;
};

/// Makes `function` known under `name`, before a file is loaded or a Lambda made:
///
///     register_function("double", UnaryFunction{
///         .forward = [](const Tensor& x) -> Tensor { return 2 * x; },
///         .backward = [](const Tensor&, const Tensor&, Tensor dy) -> Tensor { return 2 * dy; }});
///
/// `name` is what the file calls the function ("package>name", or without the package) or, where it
/// holds Python code, the name of the layer. A function of the same name is replaced.
void register_function(const std::string& name, LambdaFunction function);

/// The argument `function` of a Lambda: a name, or what a file has instead of one.
class FunctionName {
 public:
  FunctionName() = default;
  FunctionName(const char* name) : name_(name) {}
  FunctionName(std::string name) : name_(std::move(name)) {}

  /// Empty for Python code.
  const std::string& name() const { return name_; }
  bool is_code() const { return written_ != nullptr && name_.empty(); }

  friend void to_json(Json& json, const FunctionName& function);
  friend void from_json(const Json& json, FunctionName& function);

 private:
  std::string name_;
  std::shared_ptr<const Json> written_;  // as a file has it, to be written again
};

struct LambdaOptions {
  /// The name of a function that was registered; required.
  FunctionName function = {};
  /// Without the batch axis. None: what the function says.
  std::optional<Shape> output_shape = {};
  /// An object with what the function is given besides its inputs. Null: none.
  std::shared_ptr<const Json> arguments = {};
  /// As a file has them, to be written again: the function says what they are for.
  std::shared_ptr<const Json> output_shape_function = {}, mask = {};
  void describe(Fields& fields);
};

/// Any function as a layer (keras.layers.Lambda). The Python code in a file is never executed: the
/// function is one that the program registers, see register_function().
///
/// Inputs and output as the function wants and gives them. Throws ValueError where the function is
/// not registered, ShapeError where its output has another shape than it said.
class LambdaLayer final : public OptionsLayer<LambdaLayer, LambdaOptions, Layer> {
 public:
  static constexpr std::string_view keras_name = "Lambda";
  explicit LambdaLayer(Options options = {}, LayerOptions common = {});

  Shapes compute_output_shapes(const Shapes& inputs) const override;
  Tensors forward_all(TensorRefs inputs, Context& context) const override;
  Tensors backward_all(Tensors output_gradients, Context& context) const override;

 private:
  const LambdaFunction& find_function() const;

  LambdaFunction function_;
  std::shared_ptr<const Json> arguments_;
};

using Lambda = Handle<LambdaLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
