#include "lambda.hpp"

#include <algorithm>
#include <map>

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

std::map<std::string, LambdaFunction>& functions() {
  static std::map<std::string, LambdaFunction> all;
  return all;
}

const LambdaFunction* registered(const std::string& name) {
  const auto found = functions().find(name);
  return found == functions().end() ? nullptr : &found->second;
}

bool is_shape(const Json& json) {
  return json.is_array() && std::ranges::all_of(json, [](const Json& size) {
           return size.is_number_integer() || size.is_null();
         });
}

/// The line that makes a function known.
std::string advice(const std::string& name) {
  return concat("Write it in C++ and say so before: keratin::layers::register_function(\"", name,
                "\", keratin::layers::UnaryFunction{.forward = [](const keratin::Tensor& x) -> "
                "keratin::Tensor { ... }});");
}

}  // namespace

UnaryFunction::operator LambdaFunction() const {
  LambdaFunction general;
  general.forward = [run = forward](TensorRefs inputs, const Json&) { return run(*inputs[0]); };
  if (backward) {
    general.backward = [run = backward](TensorRefs inputs, const Tensor& output, Tensor gradient,
                                        const Json&) {
      Tensors gradients;
      gradients.push_back(run(*inputs[0], output, std::move(gradient)));
      return gradients;
    };
  }
  if (output_shape) {
    general.output_shape = [shape = output_shape](const Shapes& inputs, const Json&) {
      return shape(inputs[0]);
    };
  }
  return general;
}

void register_function(const std::string& name, LambdaFunction function) {
  if (name.empty() || !function.forward) {
    throw ValueError(concat("register_function: a function has a name and a `forward`. Received: ",
                            "name='", name, "'"));
  }
  functions().insert_or_assign(name, std::move(function));
}

void to_json(Json& json, const FunctionName& function) {
  if (function.written_) {
    json = *function.written_;
    return;
  }
  json = Json::object();
  json["module"] = "builtins";
  json["class_name"] = "function";
  json["config"] = function.name_;
  json["registered_name"] = function.name_;
}

void from_json(const Json& json, FunctionName& function) {
  function = FunctionName();
  if (json.is_string()) {
    function.name_ = json.get<std::string>();
  } else if (json.is_array() && json.size() == 3) {
    // Keras 2: code, defaults and closure.
    Json code = {{"class_name", "__lambda__"}};
    code["config"] = {{"code", json[0]}, {"defaults", json[1]}, {"closure", json[2]}};
    function.written_ = std::make_shared<const Json>(std::move(code));
  } else if (json.is_object() && json.contains("class_name")) {
    function.written_ = std::make_shared<const Json>(json);
    if (json["class_name"] == "__lambda__") return;
    for (const char* key : {"config", "registered_name"}) {
      const auto found = json.find(key);
      if (found != json.end() && found->is_string() && !found->get<std::string>().empty())
        function.name_ = found->get<std::string>();
    }
    if (function.name_.empty()) throw ValueError("expected a function with a name");
  } else {
    throw ValueError("expected a function");
  }
}

void LambdaOptions::describe(Fields& fields) {
  fields("function", function);
  Json shape = nullptr, masking = nullptr, given = Json::object();
  if (output_shape) shape = ShapeJson{*output_shape};
  if (output_shape_function) shape = *output_shape_function;
  if (mask) masking = *mask;
  if (arguments) given = *arguments;
  if (fields.reading() || !shape.is_null()) fields("output_shape", shape);
  if (fields.reading() || !masking.is_null()) fields("mask", masking);
  fields("arguments", given);
  if (!fields.reading()) return;
  // Keras 2's way to say what kind of functions these are.
  for (const char* key : {"function_type", "module", "output_shape_type", "output_shape_module"})
    fields.ignore(key);
  const auto keep = [](const Json& json) {
    return json.is_null() ? nullptr : std::make_shared<const Json>(json);
  };
  output_shape.reset();
  if (is_shape(shape)) output_shape = shape.get<ShapeJson>().value;
  output_shape_function = output_shape ? nullptr : keep(shape);
  mask = keep(masking);
  arguments = keep(given);
}

LambdaLayer::LambdaLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)),
      function_(find_function()),
      arguments_(options_.arguments ? options_.arguments
                                    : std::make_shared<const Json>(Json::object())) {
  if (options_.output_shape_function && !function_.output_shape) {
    refuse("`output_shape` is a function of Python, which is never executed, and the registered ",
           "function has no output_shape");
  }
  if (options_.mask && !function_.mask) {
    refuse("`mask` is a function of Python, which is never executed, and the registered function ",
           "has no mask");
  }
}

const LambdaFunction& LambdaLayer::find_function() const {
  const std::string& full = options_.function.name();
  if (options_.function.is_code()) {
    if (const LambdaFunction* found = registered(name())) return *found;
    refuse("its function is Python code, which is never executed. ", advice(name()));
  }
  if (full.empty()) refuse("Argument `function` is required");
  const auto place = full.find('>');
  for (const std::string& known : {full, full.substr(place == full.npos ? 0 : place + 1), name()}) {
    if (const LambdaFunction* found = registered(known)) return *found;
  }
  refuse("the function '", full, "' is not known. ", advice(full));
}

Shapes LambdaLayer::compute_output_shapes(const Shapes& inputs) const {
  if (inputs.empty()) refuse("called without an input");
  if (options_.output_shape) {
    Shape output{inputs[0].empty() ? unknown : inputs[0][0]};
    output.insert(output.end(), options_.output_shape->begin(), options_.output_shape->end());
    return {output};
  }
  return {function_.output_shape ? function_.output_shape(inputs, *arguments_) : inputs[0]};
}

Tensors LambdaLayer::forward_all(TensorRefs inputs, Context& context) const {
  Shapes shapes;
  for (const Tensor* input : inputs) shapes.push_back(shape_of(*input));
  Tensors outputs;
  outputs.push_back(function_.forward(inputs, *arguments_));
  const Shape expected = compute_output_shapes(shapes)[0], actual = shape_of(outputs[0]);
  const bool fits = std::ranges::equal(
      expected, actual, [](Dim said, Dim size) { return said == unknown || said == size; });
  if (!fits) {
    throw ShapeError(concat(label(), ": the function gave an output of shape ", tuple_text(actual),
                            " where ", tuple_text(expected), " was expected. `output_shape`, of ",
                            "the layer or of the registered function, says what it gives"));
  }
  if (function_.mask) {
    std::vector<const Tensor*> masks;
    for (std::size_t i = 0; i < inputs.size(); ++i) masks.push_back(context.mask(i));
    if (auto mask = function_.mask(inputs, masks)) context.set_output_mask(std::move(*mask));
  }
  return outputs;
}

Tensors LambdaLayer::backward_all(Tensors output_gradients, Context& context) const {
  if (!function_.backward) {
    refuse(
        "its function has no backward, so nothing before the layer can be trained. Give it one: ",
        "UnaryFunction{.forward = ..., .backward = ...}");
  }
  Tensors gradients = function_.backward(context.inputs(), context.output(),
                                         std::move(output_gradients[0]), *arguments_);
  if (gradients.size() != context.inputs().size()) {
    refuse("backward must give a gradient for each of the ", context.inputs().size(),
           " inputs. Received: ", gradients.size());
  }
  return gradients;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
