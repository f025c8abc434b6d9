#include "operations.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "../../../framework/base/error.hpp"
#include "../../../layers/operations/tensor_function.hpp"
#include "tensorflow_call.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

using Renames = std::map<std::string, std::string>;

/// A function of TensorFlow and the class of keras.ops that computes the same.
struct Counterpart {
  const char* keras;
  /// Its arguments' names in Keras; one that is missing here must have its default.
  Renames arguments = {};
};

const Renames pair = {{"y", "x2"}};
const Renames reduction = {{"axis", "axis"},
                           {"keepdims", "keepdims"},
                           {"keep_dims", "keepdims"},
                           {"reduction_indices", "axis"}};

const std::map<std::string, Counterpart>& counterparts() {
  static const std::map<std::string, Counterpart> all = {
      {"add", {"Add", pair}},
      {"subtract", {"Subtract", pair}},
      {"multiply", {"Multiply", pair}},
      {"divide", {"Divide", pair}},
      {"truediv", {"Divide", pair}},
      {"divide_no_nan", {"DivideNoNan", pair}},
      {"floordiv", {"FloorDivide", pair}},
      {"floormod", {"Mod", pair}},
      {"mod", {"Mod", pair}},
      {"pow", {"Power", pair}},
      {"maximum", {"Maximum", pair}},
      {"minimum", {"Minimum", pair}},
      {"atan2", {"Arctan2", {{"x", "x2"}}}},
      {"greater", {"Greater", pair}},
      {"greater_equal", {"GreaterEqual", pair}},
      {"less", {"Less", pair}},
      {"less_equal", {"LessEqual", pair}},
      {"equal", {"Equal", pair}},
      {"eq", {"Equal", pair}},
      {"not_equal", {"NotEqual", pair}},
      {"ne", {"NotEqual", pair}},
      {"logical_and", {"LogicalAnd", pair}},
      {"logical_or", {"LogicalOr", pair}},
      {"logical_xor", {"LogicalXor", pair}},
      {"logical_not", {"LogicalNot"}},
      {"negative", {"Negative"}},
      {"abs", {"Absolute"}},
      {"sign", {"Sign"}},
      {"square", {"Square"}},
      {"sqrt", {"Sqrt"}},
      {"rsqrt", {"Rsqrt"}},
      {"reciprocal", {"Reciprocal"}},
      {"exp", {"Exp"}},
      {"expm1", {"Expm1"}},
      {"log", {"Log"}},
      {"log1p", {"Log1p"}},
      {"sin", {"Sin"}},
      {"cos", {"Cos"}},
      {"tan", {"Tan"}},
      {"asin", {"Arcsin"}},
      {"acos", {"Arccos"}},
      {"atan", {"Arctan"}},
      {"sinh", {"Sinh"}},
      {"cosh", {"Cosh"}},
      {"tanh", {"Tanh"}},
      {"asinh", {"Arcsinh"}},
      {"acosh", {"Arccosh"}},
      {"atanh", {"Arctanh"}},
      {"erf", {"Erf"}},
      {"floor", {"Floor"}},
      {"ceil", {"Ceil"}},
      {"round", {"Round"}},
      {"is_nan", {"Isnan"}},
      {"is_inf", {"Isinf"}},
      {"is_finite", {"Isfinite"}},
      {"identity", {"Copy"}},
      {"stop_gradient", {"StopGradient"}},
      {"ones_like", {"OnesLike"}},
      {"zeros_like", {"ZerosLike"}},
      {"relu", {"Relu"}},
      {"relu6", {"Relu6"}},
      {"elu", {"Elu", {{"alpha", "alpha"}}}},
      {"selu", {"Selu"}},
      {"gelu", {"Gelu", {{"approximate", "approximate"}}}},
      {"silu", {"Silu"}},
      {"swish", {"Silu"}},
      {"leaky_relu", {"LeakyRelu", {{"alpha", "negative_slope"}}}},
      {"sigmoid", {"Sigmoid"}},
      {"log_sigmoid", {"LogSigmoid"}},
      {"softplus", {"Softplus"}},
      {"softsign", {"Softsign"}},
      {"softmax", {"Softmax", {{"axis", "axis"}, {"dim", "axis"}}}},
      {"log_softmax", {"LogSoftmax", {{"axis", "axis"}}}},
      {"reduce_mean", {"Mean", reduction}},
      {"reduce_sum", {"Sum", reduction}},
      {"reduce_max", {"Max", reduction}},
      {"reduce_min", {"Min", reduction}},
      {"reduce_prod", {"Prod", reduction}},
      {"reduce_any", {"Any", reduction}},
      {"reduce_all", {"All", reduction}},
      {"reduce_std", {"Std", reduction}},
      {"reduce_variance", {"Var", reduction}},
      {"reduce_logsumexp", {"Logsumexp", reduction}},
      {"reduce_euclidean_norm", {"Norm", reduction}},
      {"argmax", {"Argmax", {{"axis", "axis"}}}},
      {"argmin", {"Argmin", {{"axis", "axis"}}}},
      {"reshape", {"Reshape", {{"shape", "newshape"}}}},
      {"transpose", {"Transpose", {{"perm", "axes"}}}},
      {"expand_dims", {"ExpandDims", {{"axis", "axis"}, {"dim", "axis"}}}},
      {"squeeze", {"Squeeze", {{"axis", "axis"}, {"squeeze_dims", "axis"}}}},
      {"broadcast_to", {"BroadcastTo", {{"shape", "shape"}}}},
      {"concat", {"Concatenate", {{"axis", "axis"}}}},
      {"stack", {"Stack", {{"axis", "axis"}}}},
      {"unstack", {"Unstack", {{"num", "num"}, {"axis", "axis"}}}},
      {"split", {"Split", {{"num_or_size_splits", "indices_or_sections"}, {"axis", "axis"}}}},
      {"getitem", {"GetItem", {{"slice_spec", "key"}}}},
      {"slice", {"Slice", {{"begin", "start_indices"}, {"size", "shape"}}}},
      {"gather", {"Take", {{"indices", "indices"}, {"axis", "axis"}}}},
      {"reverse", {"Flip", {{"axis", "axis"}}}},
      {"roll", {"Roll", {{"shift", "shift"}, {"axis", "axis"}}}},
      {"repeat", {"Repeat", {{"repeats", "repeats"}, {"axis", "axis"}}}},
      {"tile", {"Tile", {{"multiples", "repeats"}}}},
      {"pad",
       {"Pad",
        {{"paddings", "pad_width"}, {"mode", "mode"}, {"constant_values", "constant_values"}}}},
      {"cast", {"Cast", {{"dtype", "dtype"}}}},
      {"convert_to_tensor", {"ConvertToTensor", {{"dtype", "dtype"}}}},
      {"clip_by_value", {"Clip", {{"clip_value_min", "x_min"}, {"clip_value_max", "x_max"}}}},
      {"where", {"Where", {{"x", "x1"}, {"y", "x2"}}}},
      {"one_hot", {"OneHot", {{"depth", "num_classes"}, {"axis", "axis"}, {"dtype", "dtype"}}}},
      {"matmul", {"Matmul", {{"b", "x2"}}}},
      {"bias_add", {"Add", {{"bias", "x2"}}}},
      {"l2_normalize", {"Normalize", {{"axis", "axis"}, {"epsilon", "epsilon"}}}},
      {"resize",
       {"Resize", {{"size", "size"}, {"method", "interpolation"}, {"antialias", "antialias"}}}},
  };
  return all;
}

/// Values with which an argument that Keras has not changes nothing.
bool is_default(const std::string& key, const Json& value) {
  static const std::set<std::string> ignored = {"name", "output_type", "conjugate",
                                                "validate_shape"};
  static const std::map<std::string, Json> defaults = {{"data_format", "NHWC"}, {"batch_dims", 0},
                                                       {"on_value", 1},         {"off_value", 0},
                                                       {"threshold", 0},        {"beta", 1}};
  if (value.is_null() || value == false || ignored.contains(key)) return true;
  const auto found = defaults.find(key);
  return found != defaults.end() && found->second == value;
}

class Converter {
 public:
  explicit Converter(TensorFlowCall call) : call_(std::move(call)) {}

  std::vector<Json> convert() {
    if (call_.function == "squared_difference") {
      call_.function = "subtract";
      const std::string difference = call_.name + "_difference";
      add(difference);
      entries_.push_back(
          entry(call_.name, "Square", Json::object(),
                {{"args", Json::array({keras_tensor(difference)})}, {"kwargs", Json::object()}}));
      return std::move(entries_);
    }
    if (call_.function == "matmul") transpose_factors();
    add_missing_defaults();
    add(call_.name);
    return std::move(entries_);
  }

 private:
  /// What both libraries have, with other defaults or spellings.
  void add_missing_defaults() {
    Json& arguments = call_.arguments;
    const auto set = [&](const char* key, const Json& value) {
      if (!arguments.contains(key)) arguments[key] = value;
    };
    const std::string& function = call_.function;
    if (function == "argmax" || function == "argmin" || function == "gather" ||
        function == "concat") {
      set("axis", 0);
      if (arguments["axis"].is_null()) arguments["axis"] = 0;
    }
    if (function == "gelu") set("approximate", false);
    if (function == "pad" && arguments.contains("mode") && arguments["mode"].is_string()) {
      std::string mode = arguments["mode"].get<std::string>();
      std::ranges::transform(mode, mode.begin(), [](unsigned char c) { return std::tolower(c); });
      arguments["mode"] = mode;
    }
    if (function == "split" && arguments.contains("num_or_size_splits") &&
        arguments["num_or_size_splits"].is_array()) {
      // Sizes become the places where parts begin.
      Json places = Json::array();
      Dim place = 0;
      const Json& sizes = arguments["num_or_size_splits"];
      for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
        if (!sizes[i].is_number_integer() || sizes[i].get<Dim>() < 0)
          call_.refuse(concat("with parts that are not known: ", sizes.dump()));
        places.push_back(place += sizes[i].get<Dim>());
      }
      arguments["num_or_size_splits"] = places;
    }
    if (function == "l2_normalize") {
      // The root is of max(sum, epsilon) here, of the sum alone in Keras.
      const Json epsilon = arguments.value("epsilon", Json(1e-12));
      arguments["epsilon"] = std::sqrt(epsilon.get<double>());
      arguments.erase("dim");
    }
    if (function == "resize") set("method", "bilinear");
    if (arguments.contains("dtype")) arguments["dtype"] = dtype_name(arguments["dtype"]);
    if (arguments.contains("slice_spec")) arguments["slice_spec"] = key_of(arguments["slice_spec"]);
  }

  /// Slices as Keras 3 writes them.
  static Json key_of(const Json& spec) {
    if (spec.is_object() && spec.contains("start"))
      return {{"class_name", "__slice__"}, {"config", spec}};
    if (!spec.is_array()) return spec;
    Json key = Json::array();
    for (const Json& item : spec) key.push_back(key_of(item));
    return key;
  }

  /// "float32", "DT_FLOAT", {"class_name": "TypeSpec"...}
  Json dtype_name(const Json& json) const {
    static const std::map<std::string, std::string> names = {
        {"DT_FLOAT", "float32"}, {"DT_DOUBLE", "float64"},   {"DT_HALF", "float16"},
        {"DT_INT32", "int32"},   {"DT_INT64", "int64"},      {"DT_UINT8", "uint8"},
        {"DT_BOOL", "bool"},     {"DT_BFLOAT16", "bfloat16"}};
    if (json.is_null()) return json;
    if (!json.is_string()) call_.refuse(concat("with the dtype ", json.dump()));
    const auto found = names.find(json.get<std::string>());
    return found == names.end() ? json : Json(found->second);
  }

  /// Factors that are to be transposed are, by operations before the product.
  void transpose_factors() {
    for (const char* side : {"a", "b"}) {
      const std::string transposed = concat("transpose_", side), adjoint = concat("adjoint_", side);
      const bool turns = call_.arguments.value(transposed, Json(false)) == true ||
                         call_.arguments.value(adjoint, Json(false)) == true;
      call_.arguments.erase(transposed);
      call_.arguments.erase(adjoint);
      if (!turns) continue;
      const std::string name = concat(call_.name, "_", transposed);
      Json& factor = *side == 'a' ? call_.first : call_.arguments["b"];
      entries_.push_back(entry(name, "Swapaxes", {{"axis1", -1}, {"axis2", -2}},
                               {{"args", Json::array({factor})}, {"kwargs", Json::object()}}));
      factor = keras_tensor(name);
    }
  }

  void add(const std::string& name) {
    const auto found = counterparts().find(call_.function);
    if (found == counterparts().end()) call_.refuse("which Keratin does not know");
    const Counterpart& counterpart = found->second;
    const auto& operation = layers::operations::catalogue().at(counterpart.keras);
    Json config = Json::object(), kwargs = Json::object();
    for (const auto& [key, value] : call_.arguments.items()) {
      const auto renamed = counterpart.arguments.find(key);
      if (renamed == counterpart.arguments.end()) {
        if (!is_default(key, value))
          call_.refuse(concat("with `", key, "`=", value.dump(), ", which Keras 3 has not"));
        continue;
      }
      const std::string& own = renamed->second;
      const bool is_operand =
          std::ranges::find(operation.operands, own) != operation.operands.end();
      const bool is_of_call = is_operand || own == "key" || own == "constant_values";
      (is_of_call ? kwargs : config)[own] = value;
    }
    entries_.push_back(
        entry(name, counterpart.keras, std::move(config),
              {{"args", Json::array({call_.first})}, {"kwargs", std::move(kwargs)}}));
  }

  static Json entry(const std::string& name, const char* class_name, Json config, Json call) {
    const auto& operation = layers::operations::catalogue().at(class_name);
    Json full = {{"name", name}};
    full.update(config);
    return {{"module", "keras.src.ops." + operation.module},
            {"class_name", class_name},
            {"config", std::move(full)},
            {"registered_name", class_name},
            {"name", name},
            {"inbound_nodes", Json::array({std::move(call)})}};
  }

  TensorFlowCall call_;
  std::vector<Json> entries_;
};

}  // namespace

bool is_tensorflow_operation(const Json& entry) {
  const Json name = entry.is_object() ? entry.value("class_name", Json()) : Json();
  return name == "TFOpLambda" || name == "SlicingOpLambda" || name == "TensorFlowOpLayer" ||
         name == "TensorFlowOp" || name == "ClassMethod" || name == "InstanceMethod" ||
         name == "InstanceProperty";
}

std::vector<Json> upgrade_tensorflow_operation(const Json& entry) {
  const Json class_name = entry.at("class_name");
  const Json nodes = entry.value("inbound_nodes", Json::array());
  if (!nodes.is_array() || nodes.size() != 1) {
    throw ValueError(concat("Layer '", entry.value("name", ""), "' (",
                            class_name.get<std::string>(), "): a function of TensorFlow is ",
                            "called once in its graph, not ", nodes.size(), " times"));
  }
  const bool is_node_def = class_name == "TensorFlowOpLayer" || class_name == "TensorFlowOp";
  return Converter(is_node_def ? call_of_node_def(entry, nodes[0])
                               : call_of_lambda(entry, nodes[0]))
      .convert();
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
