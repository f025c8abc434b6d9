#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "../../../framework/base/json.hpp"
#include "../../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// A call of a function of TensorFlow, as Keras 2's files have it.
struct TensorFlowCall {
  /// Of the layer: begins the names of what it becomes, and messages.
  std::string name;
  /// The last part of its name: "reduce_mean" of "math.reduce_mean".
  std::string function;
  /// The first argument: a reference to a tensor, a constant, or a list of them.
  Json first;
  /// The others by keyword.
  Json arguments = Json::object();

  std::string label() const;
  [[noreturn]] void refuse(const std::string& why) const;
};

/// A tensor as Keras 3 refers to it.
Json keras_tensor(const std::string& layer, const Json& call = 0, const Json& output = 0);

/// The call of a TFOpLambda or SlicingOpLambda, from one of its inbound nodes.
TensorFlowCall call_of_lambda(const Json& entry, const Json& node);
/// The call of a TensorFlowOpLayer, from its protocol buffer and one of its inbound nodes.
TensorFlowCall call_of_node_def(const Json& entry, const Json& node);

}  // namespace keratin::inline KERATIN_VARIANT::saving
