#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../../framework/base/json.hpp"
#include "../../framework/context.hpp"
#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::layers::operations {

/// What a backward pass needs of the call before it.
struct Pass {
  TensorRefs operands;
  TensorRefs outputs;
  /// Whether the gradient of an operand is asked for.
  std::vector<bool> wanted;
};

/// A function of tensors as keras.ops has them: no weights, nothing to remember. Operands are what
/// the call gave it, tensors and constants alike.
class TensorFunction {
 public:
  virtual ~TensorFunction() = default;
  /// `unknown` sizes stay unknown. Throws ShapeError where the operands do not suit.
  virtual Shapes output_shapes(const Shapes& operands) const = 0;
  /// The dtype of the outputs; by default what the operands' are promoted to.
  virtual std::string output_dtype(const std::vector<std::string>& operands) const;
  virtual Tensors forward(TensorRefs operands) const = 0;
  /// The gradients of the operands; one that is not wanted may be an empty Tensor. By default they
  /// are zero: for what has no slope, such as comparisons.
  virtual Tensors backward(const Pass& pass, Tensors gradients) const;
};

/// How a class of keras.ops is called and made.
struct Entry {
  /// Where Keras has it: "numpy" for keras.src.ops.numpy.
  std::string module;
  /// The arguments of its call that are tensors or numbers, in order. The first may be a list of
  /// them: "xs*".
  std::vector<std::string> operands;
  /// The other arguments of its call, in order.
  std::vector<std::string> arguments = {};
  /// From the arguments of constructor and call by name. Throws ValueError or what nlohmann throws
  /// for values it cannot be made with.
  std::function<std::unique_ptr<TensorFunction>(const Json& arguments)> make = {};
};
using Catalogue = std::map<std::string, Entry, std::less<>>;

/// Every class of keras.ops there is here, by name.
const Catalogue& catalogue();

void add_pointwise(Catalogue& catalogue);
void add_activations(Catalogue& catalogue);
void add_binary(Catalogue& catalogue);
void add_reductions(Catalogue& catalogue);
void add_shapes(Catalogue& catalogue);
void add_selections(Catalogue& catalogue);
void add_get_item(Catalogue& catalogue);
void add_joins(Catalogue& catalogue);
void add_products(Catalogue& catalogue);
void add_choices(Catalogue& catalogue);
void add_resampling(Catalogue& catalogue);

/// The dtype of a result of operands of these dtypes. "int" and "float" are Python's numbers, which
/// give way to a tensor's dtype.
std::string promoted(const std::vector<std::string>& dtypes);
/// The same for functions whose results are no integers: "float32" for those.
std::string promoted_to_float(const std::vector<std::string>& dtypes);

/// `key` of `arguments`, or `otherwise` where it is missing or null.
template <class T>
T argument(const Json& arguments, const char* key, T otherwise);
/// An integer or a list of them. Empty where it is missing or null.
std::vector<Dim> integers(const Json& arguments, const char* key);

}  // namespace keratin::inline KERATIN_VARIANT::layers::operations
