#pragma once

#include "../../framework/handle.hpp"
#include "../../framework/operation.hpp"
#include "../operations/tensor_function.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A node that a graph of Keras 3 has for a function of keras.ops, as `x * 2` or
/// `keras.ops.mean(x, axis=1)` leave there (keras.Operation). The functions and their arguments are
/// those of layers/operations.
///
/// It is made from its entry in a graph's list of layers: "class_name", "module", "config", "name",
/// and "inbound_nodes", where the constants of its call are: `x * 2` is {"args": [x, 2]}. Throws
/// ValueError for functions that are not known, and for arguments that they do not take.
class OperationLayer final : public Operation {
 public:
  static constexpr std::string_view keras_name = "Operation";
  explicit OperationLayer(const Json& entry);
  /// Also makes a registered layer of the entry's class, where no function of that name is known.
  static std::shared_ptr<Layer> from_config(const Json& entry);

  std::string_view class_name() const override { return class_name_; }
  std::string_view module() const override { return module_; }
  bool is_built_when_made() const override { return true; }
  void write_config(Json& config) const override;
  void write_serialized(Json& json) const override;

  Shapes compute_output_shapes(const Shapes& inputs) const override;
  std::string output_dtype(std::size_t i) const override;
  Tensors forward_all(TensorRefs inputs, Context& context) const override;
  Tensors backward_all(Tensors output_gradients, Context& context) const override;

 private:
  /// What an operand is: an input of the call, or a constant of it.
  struct Operand {
    std::size_t input = 0;
    std::shared_ptr<const Tensor> constant = {};
    std::string dtype = {};
  };
  void read_call(const operations::Entry& entry, const Json& call);
  void read_argument(const operations::Entry& entry, const std::string& name, const Json& value);
  void add_operand(const Json& value);
  void check_count(std::size_t inputs) const;
  /// Calls `compute`; what it throws of shapes gets the layer's name.
  template <class Compute>
  auto named(const Compute& compute) const;
  std::vector<const Tensor*> operands_of(TensorRefs inputs) const;

  std::string class_name_, module_;
  std::shared_ptr<const Json> config_, registered_name_, arguments_;
  std::vector<Operand> operands_;
  std::size_t input_count_ = 0;
  std::unique_ptr<operations::TensorFunction> function_;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
