#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "call_list.hpp"
#include "graph.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// How a model's inputs or outputs are given in Python: one tensor, a list, or a dictionary.
struct Structure {
  enum Kind { single, list, dict };
  Kind kind = single;
  /// For a dictionary: the key of each tensor.
  std::vector<std::string> keys = {};
  /// The keys in the order in which files list them, where it is another.
  std::vector<std::string> written_keys = {};
};

namespace prepared {
class Preparation;
struct Memory;
}  // namespace prepared

/// A graph of layer calls, itself a layer (keras.Model of the functional kind). The graph is
/// sorted once, into a list of calls on numbered slots; running it is a loop over that list, and
/// backward the same loop reversed.
class Function : public Layer {
 public:
  ~Function() override;

  static constexpr std::string_view keras_name = "Functional";

  /// `walk`: see Graph.
  Function(SymbolicTensors inputs, SymbolicTensors outputs, LayerOptions common = {},
           std::vector<std::size_t> walk = {});

  std::string_view class_name() const override { return keras_name; }
  std::string_view module() const override { return "keras.src.models.functional"; }

  /// Null until the input shapes are known.
  const Graph* graph() const { return graph_.get(); }
  /// The graph's calls in the order in which they are made.
  const CallList& call_list() const { return list_; }
  /// The layers as keras.Model.layers has them.
  virtual std::vector<LayerHandle> layers() const;
  /// Null where no layer has this name.
  std::shared_ptr<Layer> find_layer(const std::string& name) const;

  const Structure& input_structure() const { return input_structure_; }
  const Structure& output_structure() const { return output_structure_; }
  void set_structures(Structure inputs, Structure outputs);

  Shapes compute_output_shapes(const Shapes& input_shapes) const override;
  std::string output_dtype(std::size_t i) const override;
  void run(TensorRefs inputs, Context& context) const override;
  Tensors forward_all(TensorRefs inputs, Context& context) const override;
  Tensors backward_all(Tensors output_gradients, Context& context) const override;
  std::vector<Sublayer> sublayers() const override;

  std::string registered_name() const override { return std::string(class_name()); }
  void write_config(Json& config) const override;
  static std::shared_ptr<Function> from_config(const Json& config);

  /// The memory that inference takes for inputs of these shapes; none where it makes call by call.
  std::optional<prepared::Memory> prepared_memory(const Shapes& inputs) const;

 protected:
  /// For a function whose graph is known later.
  Function(std::string_view class_name, LayerOptions common);
  void set_graph(std::shared_ptr<const Graph> graph);
  void write_build_config(Json& json) const override;

 private:
  using Call = CallList::Call;

  void check_count(std::size_t inputs) const;
  static Call call_of(std::shared_ptr<const Node> node, const std::vector<std::size_t>& inputs);
  void plan_releases();
  void plan_activations();
  void run_keeping(TensorRefs inputs, Context& context) const;
  bool run_prepared(TensorRefs inputs, Context& context) const;
  void run_passing(TensorRefs inputs, Context& context) const;

  std::shared_ptr<const Graph> graph_;
  CallList list_;
  /// What inference runs; made at its first run.
  std::unique_ptr<prepared::Preparation> preparation_;
  Structure input_structure_;
  Structure output_structure_;
};

/// Names the layers of a model as its weights file does: "layers/conv2d", "layers/conv2d_1".
std::vector<Sublayer> numbered_sublayers(const std::vector<LayerHandle>& layers);

}  // namespace keratin::inline KERATIN_VARIANT
