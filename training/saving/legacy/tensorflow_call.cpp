#include "tensorflow_call.hpp"

#include <map>
#include <set>

#include "../../../framework/base/error.hpp"
#include "../python_json.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

bool is_reference(const Json& json) {
  return json.is_array() && json.size() >= 3 && json[0].is_string() &&
         json[1].is_number_integer() && json[2].is_number_integer();
}

bool is_constant(const Json& json) {
  return json.is_array() && json.size() >= 3 && json[0] == "_CONSTANT_VALUE";
}

/// A first argument: ["layer", 0, 0, {keywords}], ["_CONSTANT_VALUE", -1, value, {keywords}] or a
/// list of those. Keeps the keywords, which all of them carry.
Json first_argument(const Json& json, Json& keywords) {
  if (is_constant(json) || is_reference(json)) {
    if (json.size() > 3 && json[3].is_object()) keywords = json[3];
    return is_constant(json) ? json[2] : keras_tensor(json[0], json[1], json[2]);
  }
  if (!json.is_array()) return json;
  Json list = Json::array();
  for (const Json& item : json) list.push_back(first_argument(item, keywords));
  return list;
}

/// An argument by keyword, where references are within lists of numbers too.
Json keyword_argument(const Json& json) {
  if (is_reference(json)) return keras_tensor(json[0], json[1], json[2]);
  if (!json.is_structured()) return json;
  Json result = json;
  for (Json& item : result) item = keyword_argument(item);
  return result;
}

/// "math.reduce_mean" -> "reduce_mean". Empty for modules whose functions are something else.
std::string last_part(const std::string& function) {
  static const std::set<std::string> modules = {
      "",          "math",   "nn",           "linalg",         "__operators__",
      "compat.v1", "dtypes", "compat.v1.nn", "compat.v1.math", "keras.backend",
      "image",     "manip",  "bitwise",      "raw_ops",        "keras.activations"};
  const auto dot = function.rfind('.');
  const std::string module = dot == function.npos ? "" : function.substr(0, dot);
  if (!modules.contains(module)) return {};
  const std::string name = dot == function.npos ? function : function.substr(dot + 1);
  if (module == "image" && name != "resize") return {};
  return name;
}

/// The value of an attribute of a protocol buffer.
Json attribute(const Json& attributes, const char* key) {
  if (!attributes.is_object() || !attributes.contains(key)) return {};
  const Json& value = attributes[key];
  if (!value.is_object() || value.empty()) return {};
  if (value.contains("list")) {
    const Json& lists = value["list"];
    Json result = Json::array();
    if (lists.is_object() && !lists.empty()) {
      for (const Json& item : lists.begin().value())
        result.push_back(item.is_string() ? Json(std::stoll(item.get<std::string>())) : item);
    }
    return result;
  }
  // 64-bit integers are strings in the JSON of protocol buffers.
  if (value.contains("i"))
    return value["i"].is_string() ? Json(std::stoll(value["i"].get<std::string>())) : value["i"];
  return value.begin().value();
}

/// An operation of TensorFlow's graphs as the function that makes it.
struct Operation {
  const char* function;
  /// The keywords of its inputs; the first is the first argument.
  std::vector<const char*> inputs = {"x", "y"};
  /// (attribute, keyword)
  std::vector<std::pair<const char*, const char*>> attributes = {};
};

const std::map<std::string, Operation>& operations() {
  const std::vector<const char*> axis = {"input_tensor", "axis"};
  const std::vector<std::pair<const char*, const char*>> keepdims = {{"keep_dims", "keepdims"}};
  static const std::map<std::string, Operation> all = {
      {"Add", {"add"}},
      {"AddV2", {"add"}},
      {"Sub", {"subtract"}},
      {"Mul", {"multiply"}},
      {"RealDiv", {"truediv"}},
      {"Div", {"truediv"}},
      {"DivNoNan", {"divide_no_nan"}},
      {"FloorDiv", {"floordiv"}},
      {"FloorMod", {"floormod"}},
      {"Pow", {"pow"}},
      {"Maximum", {"maximum"}},
      {"Minimum", {"minimum"}},
      {"SquaredDifference", {"squared_difference"}},
      {"Greater", {"greater"}},
      {"GreaterEqual", {"greater_equal"}},
      {"Less", {"less"}},
      {"LessEqual", {"less_equal"}},
      {"Equal", {"equal"}},
      {"NotEqual", {"not_equal"}},
      {"LogicalAnd", {"logical_and"}},
      {"LogicalOr", {"logical_or"}},
      {"LogicalNot", {"logical_not"}},
      {"Neg", {"negative"}},
      {"Abs", {"abs"}},
      {"Sign", {"sign"}},
      {"Square", {"square"}},
      {"Sqrt", {"sqrt"}},
      {"Rsqrt", {"rsqrt"}},
      {"Exp", {"exp"}},
      {"Expm1", {"expm1"}},
      {"Log", {"log"}},
      {"Log1p", {"log1p"}},
      {"Sin", {"sin"}},
      {"Cos", {"cos"}},
      {"Tanh", {"tanh"}},
      {"Erf", {"erf"}},
      {"Floor", {"floor"}},
      {"Ceil", {"ceil"}},
      {"Round", {"round"}},
      {"Sigmoid", {"sigmoid"}},
      {"Relu", {"relu"}},
      {"Relu6", {"relu6"}},
      {"Elu", {"elu"}},
      {"Selu", {"selu"}},
      {"Softplus", {"softplus"}},
      {"Softsign", {"softsign"}},
      {"Softmax", {"softmax"}},
      {"LogSoftmax", {"log_softmax"}},
      {"LeakyRelu", {"leaky_relu", {"features"}, {{"alpha", "alpha"}}}},
      {"Identity", {"identity"}},
      {"StopGradient", {"stop_gradient"}},
      {"Mean", {"reduce_mean", axis, keepdims}},
      {"Sum", {"reduce_sum", axis, keepdims}},
      {"Max", {"reduce_max", axis, keepdims}},
      {"Min", {"reduce_min", axis, keepdims}},
      {"Prod", {"reduce_prod", axis, keepdims}},
      {"Any", {"reduce_any", axis, keepdims}},
      {"All", {"reduce_all", axis, keepdims}},
      {"ArgMax", {"argmax", {"input", "axis"}}},
      {"ArgMin", {"argmin", {"input", "axis"}}},
      {"Reshape", {"reshape", {"tensor", "shape"}}},
      {"Transpose", {"transpose", {"a", "perm"}}},
      {"ExpandDims", {"expand_dims", {"input", "axis"}}},
      {"Squeeze", {"squeeze", {"input"}, {{"squeeze_dims", "axis"}}}},
      {"Unpack", {"unstack", {"value"}, {{"num", "num"}, {"axis", "axis"}}}},
      {"Slice", {"slice", {"input_", "begin", "size"}}},
      {"Pad", {"pad", {"tensor", "paddings"}}},
      {"PadV2", {"pad", {"tensor", "paddings", "constant_values"}}},
      {"MirrorPad", {"pad", {"tensor", "paddings"}, {{"mode", "mode"}}}},
      {"Tile", {"tile", {"input", "multiples"}}},
      {"Cast", {"cast", {"x"}, {{"DstT", "dtype"}}}},
      {"MatMul",
       {"matmul", {"a", "b"}, {{"transpose_a", "transpose_a"}, {"transpose_b", "transpose_b"}}}},
      {"BatchMatMul", {"matmul", {"a", "b"}, {{"adj_x", "transpose_a"}, {"adj_y", "transpose_b"}}}},
      {"BatchMatMulV2",
       {"matmul", {"a", "b"}, {{"adj_x", "transpose_a"}, {"adj_y", "transpose_b"}}}},
      {"BiasAdd", {"bias_add", {"value", "bias"}, {{"data_format", "data_format"}}}},
      {"GatherV2", {"gather", {"params", "indices", "axis"}, {{"batch_dims", "batch_dims"}}}},
      {"SelectV2", {"where", {"condition", "x", "y"}}},
      {"ClipByValue", {"clip_by_value", {"t", "clip_value_min", "clip_value_max"}}},
      {"ReverseV2", {"reverse", {"tensor", "axis"}}},
      {"BroadcastTo", {"broadcast_to", {"input", "shape"}}},
  };
  return all;
}

/// A strided slice's masks and bounds as an index of Python.
Json slice_spec(const Json& begin, const Json& end, const Json& strides, const Json& attributes) {
  const auto bits = [&](const char* key) {
    const Json value = attribute(attributes, key);
    return value.is_number_integer() ? value.get<std::int64_t>() : std::int64_t{0};
  };
  const std::int64_t no_begin = bits("begin_mask"), no_end = bits("end_mask"),
                     ellipsis = bits("ellipsis_mask"), added = bits("new_axis_mask"),
                     single = bits("shrink_axis_mask");
  Json spec = Json::array();
  for (std::size_t i = 0; i < begin.size() && i < 63; ++i) {
    const auto has = [&](std::int64_t mask) { return ((mask >> i) & 1) != 0; };
    if (has(ellipsis)) {
      spec.push_back({{"class_name", "__ellipsis__"}, {"config", Json::object()}});
    } else if (has(added)) {
      spec.push_back(nullptr);
    } else if (has(single)) {
      spec.push_back(begin[i]);
    } else {
      spec.push_back({{"start", has(no_begin) ? Json() : begin[i]},
                      {"stop", has(no_end) ? Json() : end.at(i)},
                      {"step", strides.at(i)}});
    }
  }
  return spec;
}

}  // namespace

std::string TensorFlowCall::label() const { return concat("Layer '", name, "'"); }

void TensorFlowCall::refuse(const std::string& why) const {
  throw ValueError(concat(label(), " calls the TensorFlow function `", function, "`, ", why));
}

Json keras_tensor(const std::string& layer, const Json& call, const Json& output) {
  return {{"class_name", "__keras_tensor__"},
          {"config", {{"keras_history", Json::array({layer, call, output})}}}};
}

TensorFlowCall call_of_lambda(const Json& entry, const Json& node) {
  const Json& config = entry.at("config");
  const std::string name = entry.contains("name") ? entry["name"].get<std::string>()
                                                  : config.at("name").get<std::string>();
  const bool is_slicing = entry.at("class_name") == "SlicingOpLambda";
  const std::string function = config.value("function", is_slicing ? "getitem" : "");
  TensorFlowCall call{name, last_part(function), {}};
  Json keywords = Json::object();
  // A call of one tensor, in older files, is a list of one.
  const bool is_list_of_one =
      node.is_array() && node.size() == 1 && (is_reference(node[0]) || is_constant(node[0]));
  call.first = first_argument(is_list_of_one ? node[0] : node, keywords);
  for (const auto& [key, value] : keywords.items()) call.arguments[key] = keyword_argument(value);
  if (call.function.empty()) {
    call.function = function;
    call.refuse("which Keratin does not know");
  }
  return call;
}

TensorFlowCall call_of_node_def(const Json& entry, const Json& node) {
  const Json& config = entry.at("config");
  const std::string name = entry.contains("name") ? entry["name"].get<std::string>()
                                                  : config.at("name").get<std::string>();
  // The protocol buffer is an object, or the text of one.
  const Json definition = config.at("node_def").is_string()
                              ? parse_json(config["node_def"].get<std::string>(), name)
                              : config["node_def"];
  const std::string op = definition.at("op").get<std::string>();
  const Json attributes = definition.value("attr", Json::object());
  TensorFlowCall call{name, op, {}};
  const Json constants = config.value("constants", Json::object());
  Json inputs = Json::array(), unused;
  std::size_t next = 0;
  const std::size_t count = node.size() + constants.size();
  for (std::size_t i = 0; i < count; ++i) {
    const auto constant = constants.find(std::to_string(i));
    if (constant != constants.end()) {
      inputs.push_back(*constant);
    } else {
      inputs.push_back(first_argument(node.at(next++), unused));
    }
  }
  if (op == "ConcatV2") {
    call.function = "concat";
    call.arguments["axis"] = inputs.at(count - 1);
    inputs.erase(count - 1);
    call.first = inputs;
  } else if (op == "Pack") {
    call.function = "stack";
    const Json axis = attribute(attributes, "axis");
    call.arguments["axis"] = axis.is_null() ? Json(0) : axis;
    call.first = inputs;
  } else if (op == "Split") {
    call.function = "split";
    call.first = inputs.at(1);
    call.arguments["axis"] = inputs.at(0);
    call.arguments["num_or_size_splits"] = attribute(attributes, "num_split");
  } else if (op == "SplitV") {
    call.function = "split";
    call.first = inputs.at(0);
    call.arguments["num_or_size_splits"] = inputs.at(1);
    call.arguments["axis"] = inputs.at(2);
  } else if (op == "StridedSlice") {
    call.function = "getitem";
    call.first = inputs.at(0);
    call.arguments["slice_spec"] = slice_spec(inputs.at(1), inputs.at(2), inputs.at(3), attributes);
  } else {
    const auto found = operations().find(op);
    if (found == operations().end()) call.refuse("which Keratin does not know");
    call.function = found->second.function;
    call.first = inputs.at(0);
    for (std::size_t i = 1; i < count && i < found->second.inputs.size(); ++i)
      call.arguments[found->second.inputs[i]] = inputs[i];
    for (const auto& [key, keyword] : found->second.attributes) {
      const Json value = attribute(attributes, key);
      if (!value.is_null()) call.arguments[keyword] = value;
    }
  }
  return call;
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
