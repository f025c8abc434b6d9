#pragma once

#include "callback.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

struct TerminateOnNaNOptions {
  /// Throw an Error, which ends everything at once, instead of ending the training in order.
  bool raise_error = false;
};

/// Ends training when the loss is no finite number (keras.callbacks.TerminateOnNaN).
class TerminateOnNaN final : public Callback {
 public:
  explicit TerminateOnNaN(TerminateOnNaNOptions options = {}) : options_(options) {}
  void on_train_batch_end(Model&, Progress&, std::size_t batch, const Logs&) override;

 private:
  TerminateOnNaNOptions options_;
};

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
