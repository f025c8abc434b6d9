#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "function.hpp"
#include "input_layer.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Layers in a row (keras.Sequential). The graph is made once the shape of the input is known:
/// from an InputLayer at the front, or from the first call.
class SequentialFunction final : public Function {
 public:
  static constexpr std::string_view keras_name = "Sequential";
  explicit SequentialFunction(std::vector<LayerHandle> layers = {}, LayerOptions common = {});

  std::string_view class_name() const override { return keras_name; }
  std::string_view module() const override { return "keras"; }

  std::string registered_name() const override { return {}; }
  void write_config(Json& config) const override;
  static std::shared_ptr<SequentialFunction> from_config(const Json& config);

  /// Appends a layer; an InputLayer only as the first. Throws ValueError where a layer of the same
  /// name is there.
  void add(LayerHandle layer);
  /// Takes the last layer away. Throws ValueError where there is none.
  void pop();

  /// Has `action` done when the graph is made: for weights that a file has, and that wait for it.
  void when_built(std::function<void()> action) { when_built_ = std::move(action); }

  /// Without the InputLayer, as keras.Sequential.layers.
  std::vector<LayerHandle> layers() const override { return layers_; }
  /// Null where the model was not told its input's shape.
  const std::shared_ptr<InputLayer>& input_layer() const { return input_; }

 protected:
  void write_build_config(Json& json) const override;
  void build_all(const Shapes& input_shapes) override;

 private:
  void rebuild();

  std::shared_ptr<InputLayer> input_;
  std::vector<LayerHandle> layers_;
  std::function<void()> when_built_;
};

}  // namespace keratin::inline KERATIN_VARIANT
