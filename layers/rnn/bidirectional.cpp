#include "bidirectional.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "../../framework/fields_impl.hpp"
#include "recurrent.hpp"
#include "step_order.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// The flags of a layer that Bidirectional wraps.
constexpr const char* needed[] = {"go_backwards", "stateful", "return_sequences", "return_state"};

/// What the calls of the two layers say.
struct InnerCall {
  CallOptions options;
};

std::string python_bool(const Json& value) { return value == true ? "True" : "False"; }

std::string without_prefix(const std::string& name, const std::string& prefix) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

/// `layer` made anew under another name, with `go_backwards` if given.
LayerArgument remade(const Layer& layer, const std::string& prefix, bool backwards) {
  Json json = serialize(layer);
  json["config"]["name"] = prefix + without_prefix(layer.name(), prefix);
  if (backwards) json["config"]["go_backwards"] = true;
  return LayerArgument(deserialize<Layer>(json));
}

/// Lets masked steps of sequences give zeros, in layers that have the argument.
void force_zeros(Layer& layer, bool zeros) {
  if (auto* const recurrent = dynamic_cast<RecurrentLayer*>(&layer))
    recurrent->set_zero_output_for_mask(zeros);
}

}  // namespace

void BidirectionalOptions::describe(Fields& fields) {
  fields("merge_mode", merge_mode)("layer", layer)("backward_layer", backward_layer);
}

BidirectionalLayer::BidirectionalLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  if (!options_.layer) {
    refuse("Please initialize `Bidirectional` layer with a `keras.layers.Layer` instance. ",
           "Received: None");
  }
  const auto& mode = options_.merge_mode;
  if (mode && mode != "sum" && mode != "mul" && mode != "ave" && mode != "concat") {
    refuse("Invalid merge mode. Received: ", *mode, ". Merge mode should be one of ",
           "{\"sum\", \"mul\", \"ave\", \"concat\", None}");
  }
  make_layers();
  if (!trainable()) set_trainable(false);
}

void BidirectionalLayer::make_layers() {
  const LayerArgument given = options_.layer;
  const Json config = given->get_config();
  for (const char* flag : needed) {
    if (config.contains(flag)) continue;
    refuse("the wrapped layer must have the arguments `go_backwards`, `return_sequences`, ",
           "`return_state` and `stateful`. Received: ", given->label());
  }
  options_.layer = remade(*given, "forward_", false);
  if (!options_.backward_layer) options_.backward_layer = remade(*given, "backward_", true);
  const Json backward = options_.backward_layer->get_config();
  if (config["go_backwards"] == backward.value("go_backwards", Json(false))) {
    refuse(
        "Forward layer and backward layer should have different `go_backwards` value. ",
        "Received: forward_layer.go_backwards ", python_bool(config["go_backwards"]),
        ", backward_layer.go_backwards=", python_bool(backward.value("go_backwards", Json(false))));
  }
  for (const char* flag : {"stateful", "return_sequences", "return_state"}) {
    const Json value = backward.value(flag, Json(false));
    if (config[flag] == value) continue;
    refuse("Forward layer and backward layer are expected to have the same value for attribute \"",
           flag, "\", got \"", python_bool(config[flag]), "\" for forward layer and \"",
           python_bool(value), "\" for backward layer");
  }
  flags_.return_sequences = config["return_sequences"] == true;
  flags_.return_state = config["return_state"] == true;
  flags_.time_axis = config.value("time_major", Json(false)) == true ? 0 : 1;
  force_zeros(*options_.layer, flags_.return_sequences);
  force_zeros(*options_.backward_layer, flags_.return_sequences);
}

void BidirectionalLayer::build_all(const Shapes& inputs) {
  forward_layer().build({inputs[0]});
  backward_layer().build({inputs[0]});
  if (inputs.size() % 2 == 0) {
    refuse("takes an `initial_state` for each of the two layers. Received: ", inputs.size() - 1,
           " states");
  }
}

void BidirectionalLayer::write_build_config(Json& json) const {
  const Shapes& shapes = build_shapes();
  if (shapes.size() == 1) return Layer::write_build_config(json);
  Json& given = json["shapes_dict"];
  given["sequences_shape"] = ShapeJson{shapes[0]};
  given["initial_state_shape"] = Json::array();
  for (std::size_t i = 1; i < shapes.size(); ++i)
    given["initial_state_shape"].push_back(ShapeJson{shapes[i]});
}

std::vector<Sublayer> BidirectionalLayer::sublayers() const {
  return {{"forward_layer", &forward_layer()}, {"backward_layer", &backward_layer()}};
}

Shapes BidirectionalLayer::compute_output_shapes(const Shapes& inputs) const {
  Shapes shapes = forward_layer().compute_output_shapes({inputs[0]});
  const Shapes states(shapes.begin() + 1, shapes.end());
  shapes.insert(shapes.end(), states.begin(), states.end());
  if (options_.merge_mode == "concat" && shapes[0].back() != unknown) shapes[0].back() *= 2;
  if (!options_.merge_mode) shapes.insert(shapes.begin(), shapes[0]);
  return shapes;
}

Tensor BidirectionalLayer::turned(const Tensor& output) const {
  return flags_.return_sequences ? flipped(output, flags_.time_axis) : output;
}

Tensor BidirectionalLayer::merged(const Tensor& forward, Tensor backward) const {
  const std::string& mode = *options_.merge_mode;
  const std::size_t width = forward.shape().back();
  const std::size_t rows = width == 0 ? 0 : forward.size() / width;
  if (mode == "concat") {
    Shape shape = shape_of(forward);
    shape.back() *= 2;
    Tensor output = empty(shape);
    for (std::size_t r = 0; r < rows; ++r) {
      std::copy_n(forward.data() + r * width, width, output.data() + 2 * r * width);
      std::copy_n(backward.data() + r * width, width, output.data() + (2 * r + 1) * width);
    }
    return output;
  }
  for (std::size_t i = 0; i < backward.size(); ++i) {
    real& y = backward.data()[i];
    const real x = forward.data()[i];
    y = mode == "mul" ? x * y : mode == "sum" ? x + y : (x + y) / 2;
  }
  return backward;
}

std::array<Tensor, 2> BidirectionalLayer::merge_gradient(Tensor gradient, const Tensor& forward,
                                                         const Tensor& backward) const {
  const std::string& mode = *options_.merge_mode;
  if (mode == "sum") return {gradient, gradient};
  std::array<Tensor, 2> parts{empty(shape_of(forward)), empty(shape_of(forward))};
  const std::size_t width = forward.shape().back();
  for (std::size_t i = 0; i < forward.size(); ++i) {
    if (mode == "concat") {
      const std::size_t place = i / width * 2 * width + i % width;
      parts[0].data()[i] = gradient.data()[place];
      parts[1].data()[i] = gradient.data()[place + width];
    } else {
      const real dy = gradient.data()[i];
      parts[0].data()[i] = mode == "mul" ? dy * backward.data()[i] : dy / 2;
      parts[1].data()[i] = mode == "mul" ? dy * forward.data()[i] : dy / 2;
    }
  }
  return parts;
}

Tensors BidirectionalLayer::forward_all(TensorRefs inputs, Context& context) const {
  const std::size_t half = (inputs.size() - 1) / 2;
  CallOptions call;
  if (half > 0) {
    call.input_names.assign(half + 1, "initial_state");
    call.input_names[0].clear();
  }
  const InnerCall& inner = context.save(InnerCall{std::move(call)});
  const auto run = [&](std::size_t i, const Layer& layer) {
    std::vector<const Tensor*> own{inputs[0]};
    std::vector<bool> wanted{context.wants_input_gradient(0)};
    for (std::size_t k = 1 + i * half; k < 1 + (i + 1) * half; ++k) {
      own.push_back(inputs[k]);
      wanted.push_back(context.wants_input_gradient(k));
    }
    Context& child = context.child(i);
    child.set_call(inner.options);
    child.set_masks({context.mask()});
    child.set_wanted(std::move(wanted));
    return child.run(layer, own);
  };
  const TensorRefs y = run(0, forward_layer()), y_back = run(1, backward_layer());
  Tensors outputs;
  if (options_.merge_mode) {
    outputs.push_back(merged(*y[0], turned(*y_back[0])));
  } else {
    outputs.push_back(*y[0]);
    outputs.push_back(turned(*y_back[0]));
  }
  for (const TensorRefs results : {y, y_back})
    for (const Tensor* state : results.subspan(1)) outputs.push_back(*state);
  if (const Tensor* mask = context.mask(); mask && flags_.return_sequences) {
    for (std::size_t k = 0; k < (options_.merge_mode ? 1 : 2); ++k)
      context.set_output_mask(*mask, k);
  }
  return outputs;
}

Tensors BidirectionalLayer::backward_all(Tensors output_gradients, Context& context) const {
  auto next = std::make_move_iterator(output_gradients.begin());
  Tensors gradients[2];
  if (options_.merge_mode) {
    auto [forward, backward] =
        merge_gradient(*next++, context.child(0).output(0), turned(context.child(1).output(0)));
    gradients[0].push_back(std::move(forward));
    gradients[1].push_back(turned(backward));
  } else {
    gradients[0].push_back(*next++);
    gradients[1].push_back(turned(*next++));
  }
  Tensors results;
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t k = 1; k < context.child(i).outputs().size(); ++k)
      gradients[i].push_back(*next++);
    Tensors own = context.child(i).run_backward(std::move(gradients[i]));
    if (i == 0) {
      results = std::move(own);
      continue;
    }
    if (context.wants_input_gradient()) {
      for (std::size_t k = 0; k < results[0].size(); ++k) results[0].data()[k] += own[0].data()[k];
    }
    std::move(own.begin() + 1, own.end(), std::back_inserter(results));
  }
  return results;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
