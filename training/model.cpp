#include "model.hpp"

#include <algorithm>
#include <cstring>
#include <iostream>

#include "../framework/base/error.hpp"
#include "trainer.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

SymbolicTensors values_of(const std::map<std::string, SymbolicTensor>& tensors) {
  SymbolicTensors values;
  for (const auto& [key, tensor] : tensors) values.push_back(tensor);
  return values;
}

Structure dictionary(const std::map<std::string, SymbolicTensor>& tensors) {
  Structure structure{Structure::dict, {}, {}};
  for (const auto& [key, tensor] : tensors) structure.keys.push_back(key);
  return structure;
}

std::vector<std::string> names_of(const SymbolicTensors& tensors) {
  std::vector<std::string> names;
  for (const SymbolicTensor& tensor : tensors) names.push_back(tensor.node()->layer->name());
  return names;
}

/// Appends the rows of `part` to `whole`, which is made for `rows` of them at the first part.
void append_rows(Tensor& whole, const Tensor& part, std::size_t begin, std::size_t rows) {
  if (begin == 0) {
    Shape shape = shape_of(part);
    shape[0] = static_cast<Dim>(rows);
    whole = empty(shape);
  }
  if (part.size() == 0) return;
  const std::size_t row = part.size() / part.shape(0);
  std::memcpy(whole.data() + begin * row, part.data(), part.size() * sizeof(real));
}

}  // namespace

Model::Model(SymbolicTensors inputs, SymbolicTensors outputs, LayerOptions common)
    : Model(std::make_shared<Function>(std::move(inputs), std::move(outputs), std::move(common))) {}

std::shared_ptr<Function> Model::function_of(const std::map<std::string, SymbolicTensor>& inputs,
                                             const std::map<std::string, SymbolicTensor>& outputs,
                                             LayerOptions common) {
  auto function =
      std::make_shared<Function>(values_of(inputs), values_of(outputs), std::move(common));
  function->set_structures(dictionary(inputs), dictionary(outputs));
  return function;
}

Model::Model(std::shared_ptr<Function> function)
    : function_(std::move(function)), trainer_(std::make_shared<std::unique_ptr<Trainer>>()) {}

SymbolicTensor Model::operator()(const SymbolicTensor& input, CallOptions options) const {
  return LayerHandle(function_)(input, std::move(options));
}

SymbolicTensor Model::operator()(const SymbolicTensors& inputs, CallOptions options) const {
  return LayerHandle(function_)(inputs, std::move(options));
}

SymbolicTensors Model::call(const SymbolicTensors& inputs, CallOptions options) const {
  return LayerHandle(function_).call(inputs, std::move(options), inputs.size() > 1);
}

LayerHandle Model::get_layer(const std::string& layer_name) const {
  std::vector<std::string> names;
  for (const LayerHandle& layer : layers()) {
    if (layer->name() == layer_name) return layer;
    names.push_back(layer->name());
  }
  throw ValueError(concat("No such layer: ", layer_name, ". Existing layers are: ", names, "."));
}

SymbolicTensors Model::inputs() const {
  return function_->graph() ? function_->graph()->inputs() : SymbolicTensors();
}

SymbolicTensors Model::outputs() const {
  return function_->graph() ? function_->graph()->outputs() : SymbolicTensors();
}

std::vector<std::string> Model::input_names() const { return names_of(inputs()); }
std::vector<std::string> Model::output_names() const { return names_of(outputs()); }

Tensors Model::get_weights() const {
  Tensors values;
  for (const Parameter* parameter : weights()) values.push_back(parameter->value());
  return values;
}

void Model::set_weights(const Tensors& values) const {
  const auto parameters = weights();
  if (values.size() != parameters.size()) {
    throw ValueError(concat("You called `set_weights(weights)` on model '", name(),
                            "' with a weight list of length ", values.size(),
                            ", but the model was expecting ", parameters.size(), " weights."));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].shape() != parameters[i]->value().shape()) {
      throw ShapeError(concat("Model '", name(), "' weight ", parameters[i]->path(), " has shape ",
                              shape_of(parameters[i]->value()),
                              ". Received: ", shape_of(values[i])));
    }
  }
  for (std::size_t i = 0; i < values.size(); ++i) parameters[i]->assign(values[i]);
}

void Model::summary(const SummaryOptions& options) const { summary(std::cout, options); }
void Model::summary(std::ostream& out, const SummaryOptions& options) const {
  print_summary(*function_, out, options);
}

void Model::memory_report(const MemoryOptions& options) const { memory_report(std::cout, options); }
void Model::memory_report(std::ostream& out, const MemoryOptions& options) const {
  print_memory_report(*function_, out, options);
}

void Model::compile(CompileOptions options) {
  *trainer_ = std::make_unique<Trainer>(function_, std::move(options));
}

bool Model::compiled() const { return *trainer_ != nullptr; }

Trainer& Model::trainer() const {
  if (!compiled())
    throw Error(concat("Model '", name(), "': You must call `compile()` before training or ",
                       "evaluating."));
  return **trainer_;
}

const CompileOptions& Model::compile_options() const { return trainer().options(); }
optimizers::Optimizer& Model::optimizer() const { return trainer().optimizer(); }
std::vector<std::pair<std::string, std::shared_ptr<Metric>>> Model::metrics() const {
  return trainer().metrics();
}

Tensor Model::predict(const Data& x, const PredictOptions& options) const {
  Tensors outputs = predict_all(x, options);
  if (outputs.size() != 1)
    function_->refuse("has ", outputs.size(), " outputs; use predict_all() to get them all");
  return std::move(outputs[0]);
}

Tensors Model::predict_all(const Data& x, const PredictOptions& options) const {
  if (!function_->built() && x.tensors().size() == 1) function_->build({shape_of(*x.tensors()[0])});
  const auto inputs = x.in_order(function_->input_structure(), input_names(), "input");
  const std::size_t samples = sample_count(inputs, "x");
  const auto run = [&](TensorRefs batch) {
    Step step{.prepared = options.prepared};
    Context context(step);
    context.run(*function_, batch);
    if (function_->is_stateful()) step.commit();
    return context.take_outputs();
  };
  if (options.batch_size == 0)
    throw ValueError("`batch_size` must be a positive integer. Received: batch_size=0");
  if (samples <= options.batch_size) return run(inputs);
  const TensorDataset dataset(inputs, {}, {}, {.batch_size = options.batch_size});
  Tensors whole(outputs().size());
  for (std::size_t b = 0; b < dataset.size(); ++b) {
    const Batch batch = dataset.batch(b);
    std::vector<const Tensor*> refs;
    for (const Tensor& tensor : batch.x) refs.push_back(&tensor);
    const Tensors parts = run(refs);
    for (std::size_t k = 0; k < parts.size(); ++k)
      append_rows(whole[k], parts[k], b * options.batch_size, samples);
  }
  return whole;
}

Tensor Model::predict_on_batch(const Data& x) const {
  return predict(x, {.batch_size = std::max<std::size_t>(1, sample_count(x.tensors(), "x"))});
}

}  // namespace keratin::inline KERATIN_VARIANT
