#pragma once

#include <optional>
#include <string>

#include "handle.hpp"

namespace keratin::inline KERATIN_VARIANT {

struct InputOptions {
  /// The whole shape, batch axis first; `unknown` where a size is not fixed.
  Shape batch_shape = {};
  std::string dtype = "float32";
  bool sparse = false;
  bool ragged = false;
  /// Empty: "input_layer", "input_layer_1".
  std::string name = {};
  bool optional = false;
  void describe(Fields& fields);
};

/// The entry point of a graph (keras.layers.InputLayer). Throws ValueError for sparse and ragged
/// inputs, which Keratin has not.
class InputLayer final : public Layer {
 public:
  static constexpr std::string_view keras_name = "InputLayer";
  using Options = InputOptions;
  explicit InputLayer(InputOptions options);
  static std::shared_ptr<InputLayer> from_config(const Json& config);

  std::string_view class_name() const override { return keras_name; }
  const Shape& batch_shape() const { return options_.batch_shape; }
  std::string output_dtype(std::size_t) const override { return options_.dtype; }
  Shapes compute_output_shapes(const Shapes& shapes) const override { return shapes; }
  Tensors forward_all(TensorRefs inputs, Context& context) const override;
  Tensors backward_all(Tensors output_gradients, Context& context) const override;
  void write_config(Json& config) const override;

 protected:
  void write_build_config(Json&) const override {}

 private:
  InputOptions options_;
};

/// A place where data enters a graph (keras.Input). `shape` is without the batch axis;
/// `options.batch_shape`, if given, takes its place and has the batch axis.
SymbolicTensor Input(const Shape& shape, InputOptions options = {});
/// The output of an input layer.
SymbolicTensor input_tensor(const std::shared_ptr<InputLayer>& layer);

}  // namespace keratin::inline KERATIN_VARIANT
