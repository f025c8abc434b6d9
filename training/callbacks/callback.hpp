#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

class Model;

/// Names and values as training reports them, sorted by name: accuracy, loss, val_accuracy, ...
using Logs = std::vector<std::pair<std::string, double>>;

/// The value of `name`, or throws ValueError where `logs` has none.
double log_value(const Logs& logs, const std::string& name);

/// Where fit and evaluate stand, for callbacks.
struct Progress {
  std::size_t epochs = 1;
  std::size_t steps = 0;
  /// A callback sets it to end the training after this batch or epoch.
  bool stop_training = false;
};

namespace callbacks {

/// Something that happens along training (keras.callbacks.Callback).
class Callback {
 public:
  virtual ~Callback() = default;
  virtual void on_train_begin(Model&, Progress&) {}
  virtual void on_train_end(Model&, Progress&, const Logs&) {}
  virtual void on_epoch_begin(Model&, Progress&, std::size_t /*epoch*/) {}
  virtual void on_epoch_end(Model&, Progress&, std::size_t /*epoch*/, const Logs&) {}
  virtual void on_train_batch_begin(Model&, Progress&, std::size_t /*batch*/) {}
  virtual void on_train_batch_end(Model&, Progress&, std::size_t /*batch*/, const Logs&) {}
  virtual void on_test_begin(Model&, Progress&) {}
  virtual void on_test_end(Model&, Progress&, const Logs&) {}
  virtual void on_test_batch_end(Model&, Progress&, std::size_t /*batch*/, const Logs&) {}
};

}  // namespace callbacks
}  // namespace keratin::inline KERATIN_VARIANT
