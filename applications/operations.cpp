#include "operations.hpp"

#include <nlohmann/json.hpp>

#include "../framework/naming.hpp"
#include "../layers/core/operation.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {
namespace {

/// A call of the function `class_name` of keras.ops on a tensor and a number.
SymbolicTensor called(const char* class_name, const SymbolicTensor& x, double number) {
  const std::string name = unique_name(class_name);
  const Json tensor = {{"class_name", "__keras_tensor__"}, {"config", Json::object()}};
  const Json entry = {
      {"module", "keras.src.ops.numpy"},
      {"class_name", class_name},
      {"config", {{"name", name}}},
      {"registered_name", class_name},
      {"name", name},
      {"inbound_nodes", {{{"args", {tensor, number}}, {"kwargs", Json::object()}}}}};
  const LayerHandle operation(std::make_shared<layers::OperationLayer>(entry));
  // By its place among the arguments.
  return operation(x, {.arguments = std::make_shared<const Json>(Json{{"1", number}})});
}

}  // namespace

SymbolicTensor plus(const SymbolicTensor& x, double number) { return called("Add", x, number); }
SymbolicTensor times(const SymbolicTensor& x, double number) {
  return called("Multiply", x, number);
}

}  // namespace keratin::inline KERATIN_VARIANT::applications
