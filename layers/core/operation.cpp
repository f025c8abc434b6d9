#include "operation.hpp"

#include <algorithm>
#include <functional>

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/serialization.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

bool is_tensor(const Json& json) {
  return json.is_object() && json.value("class_name", Json()) == "__keras_tensor__";
}

bool has_tensor(const Json& json) {
  return is_tensor(json) || (json.is_structured() && std::ranges::any_of(json, has_tensor));
}

/// `json` with all tensors alike: what two calls must have in common.
Json without_tensors(Json json) {
  if (is_tensor(json)) return "tensor";
  if (json.is_structured()) {
    for (Json& item : json) item = without_tensors(item);
  }
  return json;
}

/// A number, or a list of numbers of any depth.
Tensor constant_of(const Json& json) {
  Shape shape;
  const Json* first = &json;
  while (first->is_array()) {
    shape.push_back(static_cast<Dim>(first->size()));
    if (first->empty()) break;
    first = &(*first)[0];
  }
  std::vector<real> values;
  const std::function<void(const Json&, std::size_t)> collect = [&](const Json& item,
                                                                    std::size_t depth) {
    if (!item.is_array()) {
      if (depth != shape.size()) throw ValueError("lists of numbers must be as long everywhere");
      values.push_back(item.is_boolean() ? real(item.get<bool>())
                                         : static_cast<real>(item.get<double>()));
      return;
    }
    if (depth >= shape.size() || static_cast<Dim>(item.size()) != shape[depth])
      throw ValueError("lists of numbers must be as long everywhere");
    for (const Json& inner : item) collect(inner, depth + 1);
  };
  collect(json, 0);
  Tensor constant = empty(shape);
  std::ranges::copy(values, constant.data());
  return constant;
}

std::string dtype_of_constant(const Json& json) {
  if (json.is_array()) return json.empty() ? "float" : dtype_of_constant(json[0]);
  return json.is_boolean() ? "bool" : json.is_number_integer() ? "int" : "float";
}

const Json& name_of(const Json& entry) {
  static const Json none = "";
  if (entry.contains("name") && entry["name"].is_string()) return entry["name"];
  if (entry.contains("config") && entry["config"].is_object() && entry["config"].contains("name") &&
      entry["config"]["name"].is_string()) {
    return entry["config"]["name"];
  }
  return none;
}

}  // namespace

OperationLayer::OperationLayer(const Json& entry)
    : Operation(entry.at("class_name").get<std::string>(), {.name = name_of(entry)}),
      class_name_(entry.at("class_name").get<std::string>()),
      module_(entry.value("module", "")),
      config_(std::make_shared<const Json>(entry.value("config", Json::object()))),
      registered_name_(std::make_shared<const Json>(entry.value("registered_name", Json()))) {
  const auto found = operations::catalogue().find(class_name_);
  if (found == operations::catalogue().end()) {
    refuse("is the operation ", module_, ".", class_name_, ", which Keratin does not know. ",
           "A layer of yours that computes it can take its place: keratin::register_layer<",
           class_name_, "Layer>();");
  }
  if (module_.empty()) module_ = "keras.src.ops." + found->second.module;
  const Json calls = entry.value("inbound_nodes", Json::array());
  if (calls.empty()) refuse("is an operation that the graph never calls");
  for (const Json& call : calls) {
    if (without_tensors(call) != without_tensors(calls[0]))
      refuse("is called twice, with other constants");
  }
  try {
    read_call(found->second, calls[0]);
    function_ = found->second.make(*arguments_);
  } catch (const nlohmann::json::exception& error) {
    refuse("cannot be called with ", arguments_ ? arguments_->dump() : "these arguments", " (",
           error.what(), ")");
  } catch (const ShapeError&) {
    throw;
  } catch (const ValueError& error) {
    // What this layer refused has its name already.
    if (std::string(error.what()).starts_with(label())) throw;
    refuse(error.what());
  }
}

std::shared_ptr<Layer> OperationLayer::from_config(const Json& entry) {
  const std::string name = entry.at("class_name").get<std::string>();
  if (!operations::catalogue().contains(name) && Registry<Layer>::instance().contains(name))
    return deserialize<Layer>(entry);
  return std::make_shared<OperationLayer>(entry);
}

void OperationLayer::read_call(const operations::Entry& entry, const Json& call) {
  Json arguments = Json::object();
  for (const auto& [key, value] : config_->items()) {
    if (key == "name") continue;
    const bool is_known = std::ranges::find(entry.arguments, key) != entry.arguments.end();
    if (is_known) {
      arguments[key] = value;
    } else if (!value.is_null() && value != false && key != "dtype") {
      refuse("Unrecognized keyword arguments passed to ", class_name_, ": {'", key,
             "': ", value.dump(), "}");
    }
  }
  if (arguments.contains("dtype") && arguments["dtype"].is_object())
    arguments["dtype"] = Json(arguments["dtype"].at("config").at("name"));
  arguments_ = std::make_shared<const Json>(std::move(arguments));
  std::size_t place = 0;
  for (const Json& value : call.at("args")) {
    const std::size_t count = entry.operands.size();
    if (place >= count + entry.arguments.size())
      refuse("takes at most ", count + entry.arguments.size(), " arguments");
    read_argument(entry, place < count ? entry.operands[place] : entry.arguments[place - count],
                  value);
    ++place;
  }
  for (const auto& [key, value] : call.at("kwargs").items()) {
    const std::string list = key + "*";
    const bool is_list = !entry.operands.empty() && entry.operands[0] == list;
    read_argument(entry, is_list ? list : key, value);
  }
}

void OperationLayer::read_argument(const operations::Entry& entry, const std::string& name,
                                   const Json& value) {
  if (std::ranges::find(entry.operands, name) != entry.operands.end()) {
    if (name.ends_with('*')) {
      if (!value.is_array() || !std::ranges::all_of(value, is_tensor))
        refuse("takes a list of tensors. Received: ", without_tensors(value).dump());
      for (const Json& item : value) add_operand(item);
    } else if (!value.is_null()) {
      add_operand(value);
    }
    return;
  }
  if (std::ranges::find(entry.arguments, name) == entry.arguments.end()) {
    refuse("Unrecognized keyword arguments passed to ", class_name_, ": {'", name,
           "': ", without_tensors(value).dump(), "}");
  }
  if (has_tensor(value)) {
    refuse("the argument `", name,
           "` depends on a tensor, which is not supported: ", without_tensors(value).dump());
  }
  Json arguments = *arguments_;
  arguments[name] = value;
  arguments_ = std::make_shared<const Json>(std::move(arguments));
}

void OperationLayer::add_operand(const Json& value) {
  if (is_tensor(value)) {
    const Json& config = value.at("config");
    operands_.push_back({input_count_++, {}, config.value("dtype", "float32")});
    return;
  }
  const Json* number = &value;
  std::string dtype;
  if (value.is_object()) {
    // {"class_name": "__numpy__", "config": {"value": ..., "dtype": "float32"}}
    number = &value.at("config").at("value");
    dtype = value["config"].value("dtype", "float32");
  }
  operands_.push_back({0, std::make_shared<const Tensor>(constant_of(*number)),
                       dtype.empty() ? dtype_of_constant(*number) : dtype});
}

void OperationLayer::write_config(Json& config) const { config = *config_; }

void OperationLayer::write_serialized(Json& json) const {
  json = Json::object();
  json["module"] = module_;
  json["class_name"] = class_name_;
  json["config"] = *config_;
  json["registered_name"] = *registered_name_;
}

template <class Compute>
auto OperationLayer::named(const Compute& compute) const {
  try {
    return compute();
  } catch (const ShapeError& error) {
    throw ShapeError(concat(label(), ": ", error.what()));
  }
}

void OperationLayer::check_count(std::size_t inputs) const {
  if (inputs != input_count_)
    refuse("expects ", input_count_, " input(s), but it received ", inputs, " input tensors");
}

Shapes OperationLayer::compute_output_shapes(const Shapes& inputs) const {
  check_count(inputs.size());
  Shapes shapes;
  for (const Operand& operand : operands_)
    shapes.push_back(operand.constant ? shape_of(*operand.constant) : inputs[operand.input]);
  return named([&] { return function_->output_shapes(shapes); });
}

std::string OperationLayer::output_dtype(std::size_t) const {
  std::vector<std::string> dtypes;
  for (const Operand& operand : operands_) dtypes.push_back(operand.dtype);
  return function_->output_dtype(dtypes);
}

std::vector<const Tensor*> OperationLayer::operands_of(TensorRefs inputs) const {
  std::vector<const Tensor*> operands;
  for (const Operand& operand : operands_)
    operands.push_back(operand.constant ? operand.constant.get() : inputs[operand.input]);
  return operands;
}

Tensors OperationLayer::forward_all(TensorRefs inputs, Context& /*context*/) const {
  check_count(inputs.size());
  return named([&] { return function_->forward(operands_of(inputs)); });
}

Tensors OperationLayer::backward_all(Tensors output_gradients, Context& context) const {
  operations::Pass pass{.operands = {}, .outputs = context.outputs(), .wanted = {}};
  const std::vector<const Tensor*> operands = operands_of(context.inputs());
  pass.operands = operands;
  for (const Operand& operand : operands_)
    pass.wanted.push_back(!operand.constant && context.wants_input_gradient(operand.input));
  Tensors gradients = function_->backward(pass, std::move(output_gradients));
  Tensors of_inputs(input_count_);
  for (std::size_t i = 0; i < operands_.size(); ++i) {
    if (!operands_[i].constant) of_inputs[operands_[i].input] = std::move(gradients[i]);
  }
  return of_inputs;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
