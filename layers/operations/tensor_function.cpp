#include "tensor_function.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace keratin::inline KERATIN_VARIANT::layers::operations {
namespace {

bool is_float(const std::string& dtype) {
  return dtype.starts_with("float") || dtype.starts_with("bfloat");
}

/// The wider of two dtypes of tensors.
std::string wider(const std::string& a, const std::string& b) {
  static const std::vector<std::string> order = {"bool",  "uint8",  "int8",  "uint16",
                                                 "int16", "uint32", "int32", "int64"};
  if (a == b) return a;
  if (is_float(a) != is_float(b)) return is_float(a) ? a : b;
  if (is_float(a)) {
    // float16 and bfloat16 have no common type but float32.
    return a == "float64" || b == "float64" ? "float64" : "float32";
  }
  const auto place = [&](const std::string& name) { return std::ranges::find(order, name); };
  return place(a) < place(b) ? b : a;
}

}  // namespace

std::string promoted(const std::vector<std::string>& dtypes) {
  std::string result;
  bool has_int = false, has_float = false;
  for (const std::string& dtype : dtypes) {
    has_int = has_int || dtype == "int";
    has_float = has_float || dtype == "float";
    if (dtype == "int" || dtype == "float") continue;
    result = result.empty() ? dtype : wider(result, dtype);
  }
  if (is_float(result)) return result;
  if (has_float) return "float32";
  return (result.empty() || result == "bool") && has_int ? "int32" : result;
}

std::string promoted_to_float(const std::vector<std::string>& dtypes) {
  const std::string result = promoted(dtypes);
  return is_float(result) ? result : "float32";
}

std::string TensorFunction::output_dtype(const std::vector<std::string>& operands) const {
  return promoted(operands);
}

Tensors TensorFunction::backward(const Pass& pass, Tensors /*gradients*/) const {
  Tensors zero;
  for (const Tensor* operand : pass.operands) zero.push_back(zeros(shape_of(*operand)));
  return zero;
}

template <class T>
T argument(const Json& arguments, const char* key, T otherwise) {
  const auto found = arguments.find(key);
  return found == arguments.end() || found->is_null() ? otherwise : found->template get<T>();
}
template bool argument(const Json&, const char*, bool);
template Dim argument(const Json&, const char*, Dim);
template double argument(const Json&, const char*, double);
template std::string argument(const Json&, const char*, std::string);

std::vector<Dim> integers(const Json& arguments, const char* key) {
  const auto found = arguments.find(key);
  if (found == arguments.end() || found->is_null()) return {};
  if (found->is_array()) return found->get<std::vector<Dim>>();
  return {found->get<Dim>()};
}

const Catalogue& catalogue() {
  static const Catalogue all = [] {
    Catalogue made;
    add_pointwise(made);
    add_activations(made);
    add_binary(made);
    add_reductions(made);
    add_shapes(made);
    add_selections(made);
    add_get_item(made);
    add_joins(made);
    add_products(made);
    add_choices(made);
    add_resampling(made);
    return made;
  }();
  return all;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers::operations
