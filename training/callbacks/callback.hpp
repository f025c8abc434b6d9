#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
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
/// The value of `name`, or null.
const double* find_log(const Logs& logs, const std::string& name);
/// Sets the value of `name`, at the end where it is new.
void set_log(Logs& logs, const std::string& name, double value);

/// Where fit and evaluate stand, for callbacks.
struct Progress {
  std::size_t epochs = 1;
  std::size_t steps = 0;
  /// A callback sets it to end the training after this batch or epoch.
  bool stop_training = false;
  /// The first epoch of fit; a callback may change it in on_train_begin, to go on with a training.
  std::size_t initial_epoch = 0;
};

namespace callbacks {

/// Something that happens along training (keras.callbacks.Callback).
class Callback {
 public:
  virtual ~Callback() = default;
  virtual void on_train_begin(Model&, Progress&) {}
  virtual void on_train_end(Model&, Progress&, const Logs&) {}
  virtual void on_epoch_begin(Model&, Progress&, std::size_t /*epoch*/) {}
  /// What a callback adds to the logs, the ones behind it and the history see too.
  virtual void on_epoch_end(Model&, Progress&, std::size_t /*epoch*/, Logs&) {}
  virtual void on_train_batch_begin(Model&, Progress&, std::size_t /*batch*/) {}
  virtual void on_train_batch_end(Model&, Progress&, std::size_t /*batch*/, const Logs&) {}
  virtual void on_test_begin(Model&, Progress&) {}
  virtual void on_test_end(Model&, Progress&, const Logs&) {}
  virtual void on_test_batch_end(Model&, Progress&, std::size_t /*batch*/, const Logs&) {}
};

}  // namespace callbacks

/// A callback as fit takes it: an object, which is moved in, or one that is shared.
class CallbackSpec {
 public:
  template <std::derived_from<callbacks::Callback> Object>
  CallbackSpec(std::shared_ptr<Object> callback) : callback_(std::move(callback)) {}
  template <std::derived_from<callbacks::Callback> Object>
  CallbackSpec(Object object) : callback_(std::make_shared<Object>(std::move(object))) {}

  callbacks::Callback* operator->() const { return callback_.get(); }

 private:
  std::shared_ptr<callbacks::Callback> callback_;
};

}  // namespace keratin::inline KERATIN_VARIANT
