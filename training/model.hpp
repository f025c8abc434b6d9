#pragma once

#include <concepts>
#include <filesystem>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../framework/function.hpp"
#include "../framework/input_layer.hpp"
#include "../framework/memory_report.hpp"
#include "../framework/summary.hpp"
#include "callbacks/callback.hpp"
#include "callbacks/progress_bar.hpp"
#include "compile.hpp"
#include "data.hpp"
#include "history.hpp"
#include "saving/load_function.hpp"
#include "saving/save_function.hpp"

namespace keratin::inline KERATIN_VARIANT {

class Trainer;

/// x, y and, if given, sample weights to validate on.
struct ValidationData {
  Data x = {};
  Data y = {};
  Data sample_weight = {};
};

struct FitOptions {
  std::size_t batch_size = 32;
  std::size_t epochs = 1;
  Verbose verbose = Verbose::automatic;
  std::vector<CallbackSpec> callbacks = {};
  /// The share of the samples, taken from the end before shuffling, to validate on; 0 to 1.
  double validation_split = 0;
  ValidationData validation_data = {};
  bool shuffle = true;
  /// The order of shuffling; without it one from set_random_seed().
  std::optional<std::uint64_t> seed = {};
  /// A factor on the loss of each class's samples, by label; for models with one output.
  std::map<int, double> class_weight = {};
  /// A factor on the loss of each sample: (batch,) or (batch, steps), for each output.
  Data sample_weight = {};
  /// The number of the first epoch, to go on with a training.
  std::size_t initial_epoch = 0;
  /// The batches of an epoch; 0: all.
  std::size_t steps_per_epoch = 0;
  std::size_t validation_steps = 0;
  /// 0: as batch_size.
  std::size_t validation_batch_size = 0;
  /// Validates after every so many epochs.
  std::size_t validation_freq = 1;
};

struct EvaluateOptions {
  std::size_t batch_size = 32;
  Verbose verbose = Verbose::automatic;
  Data sample_weight = {};
  std::size_t steps = 0;
  std::vector<CallbackSpec> callbacks = {};
};

struct PredictOptions {
  std::size_t batch_size = 32;
  /// Whether the graph may be prepared for inference at the first call, and again when weights have
  /// changed: normalizations are folded into the layers before them, activations, sums and padding
  /// into their neighbours. Outputs are the same but for rounding.
  bool prepared = true;
};

/// A graph of layers, and all that training it needs (keras.Model). Copies refer to the same
/// model. Computing (predict) is safe from many threads; changing the model (fit, compile) is not.
class Model {
 public:
  /// Throws ValueError where `outputs` do not follow from `inputs`.
  Model(SymbolicTensors inputs, SymbolicTensors outputs, LayerOptions common = {});
  /// Dictionaries of inputs and outputs; their order is that of the sorted keys. Only for objects
  /// of this very type: what is in braces is a list.
  template <std::same_as<std::map<std::string, SymbolicTensor>> Dictionary>
  Model(const Dictionary& inputs, const Dictionary& outputs, LayerOptions common = {})
      : Model(function_of(inputs, outputs, std::move(common))) {}
  explicit Model(std::shared_ptr<Function> function);

  /// A model is a layer of larger models.
  operator LayerHandle() const { return LayerHandle(function_); }
  SymbolicTensor operator()(const SymbolicTensor& input, CallOptions options = {}) const;
  SymbolicTensor operator()(const SymbolicTensors& inputs, CallOptions options = {}) const;
  SymbolicTensors call(const SymbolicTensors& inputs, CallOptions options = {}) const;

  Function& function() const { return *function_; }
  const std::shared_ptr<Function>& shared_function() const { return function_; }
  const std::string& name() const { return function_->name(); }
  std::vector<LayerHandle> layers() const { return function_->layers(); }
  /// Throws ValueError where there is no layer of this name.
  LayerHandle get_layer(const std::string& name) const;
  SymbolicTensors inputs() const;
  SymbolicTensors outputs() const;
  std::vector<std::string> input_names() const;
  std::vector<std::string> output_names() const;
  std::vector<Parameter*> weights() const { return function_->weights(); }
  std::vector<Parameter*> trainable_weights() const { return function_->trainable_weights(); }
  void set_trainable(bool trainable) const { function_->set_trainable(trainable); }
  std::size_t count_params() const { return function_->count_params(); }
  /// The values of all weights, in the order of weights().
  Tensors get_weights() const;
  /// Throws ValueError where their number, ShapeError where a shape does not fit.
  void set_weights(const Tensors& values) const;

  void summary(const SummaryOptions& options = {}) const;
  void summary(std::ostream& out, const SummaryOptions& options = {}) const;

  /// What predict() and a training step take, as the lives of the tensors say: printed, and as
  /// numbers. Throw ValueError where the size of an input's axis is unknown and not in the options.
  void memory_report(const MemoryOptions& options = {}) const;
  void memory_report(std::ostream& out, const MemoryOptions& options = {}) const;
  MemoryReport memory(const MemoryOptions& options = {}) const {
    return keratin::memory_report(*function_, options);
  }

  /// Configures training. Throws ValueError where a name is unknown or the losses do not fit the
  /// outputs.
  void compile(CompileOptions options);
  bool compiled() const;
  /// Throws Error where the model is not compiled.
  const CompileOptions& compile_options() const;
  optimizers::Optimizer& optimizer() const;
  /// The metrics by their names among the logs, once the first batch has made them.
  std::vector<std::pair<std::string, std::shared_ptr<Metric>>> metrics() const;

  /// Trains for some epochs. Throws Error where the model is not compiled, ShapeError where data
  /// do not fit.
  History fit(const Data& x, const Data& y, const FitOptions& options = {});
  History fit(Dataset& dataset, const FitOptions& options = {}, Dataset* validation = nullptr);
  /// The loss and the metrics on some data.
  Logs evaluate(const Data& x, const Data& y, const EvaluateOptions& options = {});
  Logs evaluate(Dataset& dataset, const EvaluateOptions& options = {});

  /// The outputs for `x`, computed in batches. With one output predict() returns it.
  Tensor predict(const Data& x, const PredictOptions& options = {}) const;
  Tensors predict_all(const Data& x, const PredictOptions& options = {}) const;

  /// One step, and its loss (regularizers included) and metrics.
  Logs train_on_batch(const Data& x, const Data& y, const Data& sample_weight = {},
                      const std::map<int, double>& class_weight = {});
  Logs test_on_batch(const Data& x, const Data& y, const Data& sample_weight = {});
  Tensor predict_on_batch(const Data& x) const;

  /// Saves the model, with optimizer and compile settings if it has them: ".keras", or ".h5" or
  /// ".hdf5" for the legacy format. load_model() reads it. Throws as save_function().
  void save(const std::filesystem::path& path, const SaveOptions& options = {}) const;
  /// Saves or loads the weights, in Keras 3's layout (".weights.h5") with the optimizer's state if
  /// the model is compiled. Throw as the functions of the same names.
  void save_weights(const std::filesystem::path& path, const SaveOptions& options = {}) const;
  void load_weights(const std::filesystem::path& path, const LoadWeightsOptions& options = {});
  /// The architecture; model_from_json() reads it.
  std::string to_json() const;

 protected:
  static std::shared_ptr<Function> function_of(const std::map<std::string, SymbolicTensor>& inputs,
                                               const std::map<std::string, SymbolicTensor>& outputs,
                                               LayerOptions common);
  Trainer& trainer() const;

  std::shared_ptr<Function> function_;
  /// Shared by copies, which are the same model.
  std::shared_ptr<std::unique_ptr<Trainer>> trainer_;
};

}  // namespace keratin::inline KERATIN_VARIANT
