#include "layer.hpp"

#include <algorithm>
#include <new>
#include <set>

#include <nlohmann/json.hpp>

#include "fields_impl.hpp"
#include "naming.hpp"
#include "prepared/operation.hpp"
#include "shape_json.hpp"
#include "weight_budget.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

/// A dtype policy in files: a name, an object with a name, or null for the default.
struct DTypePolicy {
  std::string name;
};

void to_json(Json& json, const DTypePolicy& policy) {
  json = Json::object();
  json["module"] = "keras";
  json["class_name"] = "DTypePolicy";
  json["config"] = {{"name", policy.name}};
  json["registered_name"] = nullptr;
}

void from_json(const Json& json, DTypePolicy& policy) {
  if (json.is_null()) {
    policy.name = "float32";
  } else if (json.is_string()) {
    policy.name = json.get<std::string>();
  } else {
    policy.name = json.at("config").at("name").get<std::string>();
  }
}

void collect(const Layer& layer, std::set<const Parameter*>& seen, std::vector<Parameter*>& out) {
  for (const bool trainable : {true, false}) {
    for (Parameter& parameter : layer.own_weights()) {
      if (parameter.is_trainable_kind() == trainable && seen.insert(&parameter).second)
        out.push_back(&parameter);
    }
  }
  for (const Sublayer& sublayer : layer.sublayers()) collect(*sublayer.layer, seen, out);
}

}  // namespace

std::string tuple_text(const Shape& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += (i ? ", " : "") + (shape[i] == unknown ? "None" : std::to_string(shape[i]));
  }
  return text + (shape.size() == 1 ? ",)" : ")");
}

std::string tuple_text(const Shapes& shapes) {
  std::string text = "[";
  for (std::size_t i = 0; i < shapes.size(); ++i) text += (i ? ", " : "") + tuple_text(shapes[i]);
  return text + "]";
}

void LayerOptions::describe(Fields& fields) {
  DTypePolicy policy{dtype};
  fields("name", name)("trainable", trainable)("dtype", policy);
  dtype = policy.name;
  if (fields.reading() || activity_regularizer)
    fields("activity_regularizer", activity_regularizer);
}

Layer::Layer(std::string_view class_name, LayerOptions options) : common_(std::move(options)) {
  if (common_.name.empty()) common_.name = unique_name(class_name);
}

Layer::~Layer() = default;

void Layer::build(const Shapes& input_shapes) {
  if (!built_) build_again(input_shapes);
}

void Layer::build_again(const Shapes& input_shapes) {
  build_shapes_ = input_shapes;
  build_all(input_shapes);
  built_ = true;
}

std::shared_ptr<prepared::Operation> Layer::prepare(const Shapes& /*inputs*/) const {
  return nullptr;
}

bool Layer::is_stateful() const {
  const auto inner = sublayers();
  return std::ranges::any_of(inner, [](const Sublayer& s) { return s.layer->is_stateful(); });
}

void Layer::reset_state() {
  for (const Sublayer& sublayer : sublayers()) sublayer.layer->reset_state();
}

void Layer::set_trainable(bool trainable) {
  common_.trainable = trainable;
  for (Parameter& parameter : weights_) parameter.set_frozen(!trainable);
  for (const Sublayer& sublayer : sublayers()) sublayer.layer->set_trainable(trainable);
}

std::vector<Parameter*> Layer::weights() const {
  std::set<const Parameter*> seen;
  std::vector<Parameter*> all;
  collect(*this, seen, all);
  return all;
}

std::vector<Parameter*> Layer::trainable_weights() const {
  std::vector<Parameter*> all = weights();
  std::erase_if(all, [](const Parameter* parameter) { return !parameter->trainable(); });
  return all;
}

std::vector<Parameter*> Layer::non_trainable_weights() const {
  std::vector<Parameter*> all = weights();
  std::erase_if(all, [](const Parameter* parameter) { return parameter->trainable(); });
  return all;
}

std::size_t Layer::count_params() const {
  std::size_t count = 0;
  for (const Parameter* parameter : weights()) count += parameter->value().size();
  return count;
}

bool Layer::has_trainable_weights() const {
  const auto inner = sublayers();
  return std::ranges::any_of(weights_, [](const Parameter& p) { return p.trainable(); }) ||
         std::ranges::any_of(inner,
                             [](const Sublayer& s) { return s.layer->has_trainable_weights(); });
}

void Layer::write_config(Json& config) const {
  LayerOptions common = common_;
  Fields fields = Fields::writer(config);
  common.describe(fields);
}

void Layer::write_build_config(Json& json) const {
  if (is_built_when_made()) return;
  if (build_shapes_.size() == 1) {
    json["input_shape"] = ShapeJson{build_shapes_[0]};
    return;
  }
  json["input_shape"] = Json::array();
  for (const Shape& shape : build_shapes_) json["input_shape"].push_back(ShapeJson{shape});
}

void Layer::write_serialized(Json& json) const {
  Configurable::write_serialized(json);
  Json build_config = Json::object();
  if (built_) write_build_config(build_config);
  if (!build_config.empty()) json["build_config"] = std::move(build_config);
}

std::string Layer::label() const {
  return concat("Layer '", common_.name, "' (", class_name(), ")");
}

namespace {

/// Whether the number of elements would not fit into the address space, or into an integer.
bool is_absurd(const Shape& shape) {
  constexpr Dim most = Dim{1} << 46;
  Dim elements = 1;
  for (const Dim dim : shape) {
    if (dim != 0 && elements > most / dim) return true;
    elements *= dim;
  }
  return false;
}

}  // namespace

Parameter& Layer::add_weight(WeightOptions options) {
  if (std::ranges::any_of(options.shape, [](Dim dim) { return dim < 0; })) {
    refuse("Shapes used to initialize variables must be fully-defined (no `None` dimensions). ",
           "Received: shape=", tuple_text(options.shape), " for variable path='", name(), "/",
           options.name, "'");
  }
  if (!WeightBudget::take(options.shape)) {
    refuse("the weight '", options.name, "' of shape ", tuple_text(options.shape),
           " is larger than what the file holds");
  }
  Tensor initial;
  try {
    if (is_absurd(options.shape)) throw std::bad_alloc();
    initial = options.initializer ? (*options.initializer)(options.shape) : zeros(options.shape);
  } catch (const std::bad_alloc&) {
    refuse("there is no memory for the weight '", options.name, "' of shape ",
           tuple_text(options.shape));
  }
  ParameterOptions parameter{options.name, options.trainable, std::move(options.regularizer),
                             std::move(options.constraint), std::move(options.dtype)};
  Parameter& added = weights_.emplace_back(std::move(parameter), concat(name(), "/", options.name),
                                           std::move(initial));
  added.set_frozen(!common_.trainable);
  return added;
}

void Layer::set_input_spec(InputSpec spec, std::size_t i) {
  if (input_specs_.size() <= i) input_specs_.resize(i + 1);
  input_specs_[i] = std::move(spec);
}

void Layer::check_inputs(TensorRefs inputs) const {
  for (std::size_t i = 0; i < std::min(inputs.size(), input_specs_.size()); ++i)
    check_input(i, shape_of(*inputs[i]));
}

void Layer::check_inputs(const Shapes& inputs) const {
  for (std::size_t i = 0; i < std::min(inputs.size(), input_specs_.size()); ++i)
    check_input(i, inputs[i]);
}

void Layer::check_input(std::size_t i, const Shape& shape) const {
  const InputSpec& spec = input_specs_[i];
  const auto fail = [&](const std::string& reason) {
    throw ShapeError(concat("Input ", i, " of layer '", name(), "' (", class_name(),
                            ") is incompatible with the layer: ", reason));
  };
  const std::size_t ndim = shape.size();
  const auto found = concat(", found ndim=", ndim, ". Full shape received: ", tuple_text(shape));
  if (spec.ndim && ndim != *spec.ndim) fail(concat("expected ndim=", *spec.ndim, found));
  if (spec.min_ndim && ndim < *spec.min_ndim)
    fail(concat("expected min_ndim=", *spec.min_ndim, found));
  if (spec.max_ndim && ndim > *spec.max_ndim)
    fail(concat("expected max_ndim=", *spec.max_ndim, found));
  for (const auto& [axis, size] : spec.axes) {
    const auto place = axis < 0 ? static_cast<int>(ndim) + axis : axis;
    if (place < 0 || place >= static_cast<int>(ndim))
      fail(concat("expected axis ", axis, " of input shape", found));
    const Dim actual = shape[static_cast<std::size_t>(place)];
    if (actual != size && actual != unknown && size != unknown) {
      fail(concat("expected axis ", axis, " of input shape to have value ", size,
                  ", but received input with shape ", tuple_text(shape)));
    }
  }
}

std::string layer_label(std::string_view class_name, const Json& config) {
  const auto name = config.find("name");
  return concat("Layer '",
                name != config.end() && name->is_string() ? name->get<std::string>() : "", "' (",
                class_name, ")");
}

Shapes UnaryLayer::compute_output_shapes(const Shapes& inputs) const {
  if (inputs.size() != 1) refuse("takes one input. Received: ", inputs.size(), " inputs");
  return {compute_output_shape(inputs[0])};
}

Tensors UnaryLayer::forward_all(TensorRefs inputs, Context& context) const {
  if (inputs.size() != 1) refuse("takes one input. Received: ", inputs.size(), " inputs");
  Tensors outputs;
  outputs.push_back(forward(*inputs[0], context));
  return outputs;
}

Tensors UnaryLayer::backward_all(Tensors output_gradients, Context& context) const {
  Tensors gradients;
  gradients.push_back(backward(std::move(output_gradients[0]), context));
  return gradients;
}

void UnaryLayer::build_all(const Shapes& inputs) {
  if (inputs.size() != 1) refuse("takes one input. Received: ", inputs.size(), " inputs");
  build_weights(inputs[0]);
}

}  // namespace keratin::inline KERATIN_VARIANT
