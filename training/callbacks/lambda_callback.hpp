#pragma once

#include <functional>

#include "callback.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

/// Functions to call along training; each may be left out.
struct LambdaCallbackOptions {
  std::function<void(std::size_t epoch)> on_epoch_begin = {};
  std::function<void(std::size_t epoch, Logs&)> on_epoch_end = {};
  std::function<void()> on_train_begin = {};
  std::function<void(const Logs&)> on_train_end = {};
  std::function<void(std::size_t batch)> on_train_batch_begin = {};
  std::function<void(std::size_t batch, const Logs&)> on_train_batch_end = {};
};

/// A callback made from functions (keras.callbacks.LambdaCallback).
class LambdaCallback final : public Callback {
 public:
  explicit LambdaCallback(LambdaCallbackOptions options) : options_(std::move(options)) {}
  void on_epoch_begin(Model&, Progress&, std::size_t epoch) override {
    if (options_.on_epoch_begin) options_.on_epoch_begin(epoch);
  }
  void on_epoch_end(Model&, Progress&, std::size_t epoch, Logs& logs) override {
    if (options_.on_epoch_end) options_.on_epoch_end(epoch, logs);
  }
  void on_train_begin(Model&, Progress&) override {
    if (options_.on_train_begin) options_.on_train_begin();
  }
  void on_train_end(Model&, Progress&, const Logs& logs) override {
    if (options_.on_train_end) options_.on_train_end(logs);
  }
  void on_train_batch_begin(Model&, Progress&, std::size_t batch) override {
    if (options_.on_train_batch_begin) options_.on_train_batch_begin(batch);
  }
  void on_train_batch_end(Model&, Progress&, std::size_t batch, const Logs& logs) override {
    if (options_.on_train_batch_end) options_.on_train_batch_end(batch, logs);
  }

 private:
  LambdaCallbackOptions options_;
};

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
