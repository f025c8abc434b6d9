#pragma once

#include <chrono>
#include <iosfwd>
#include <string>

#include "callback.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// How much is printed while a model works. `automatic`: a bar on a terminal, nothing elsewhere.
enum class Verbose { automatic = -1, silent = 0, bar = 1, line = 2 };

namespace callbacks {

/// Prints what Keras prints: `Epoch 1/5`, a bar that moves on a terminal, or a line per epoch.
class ProgbarLogger final : public Callback {
 public:
  explicit ProgbarLogger(Verbose verbose);
  /// For tests: prints to `out` as if it were (not) a terminal.
  ProgbarLogger(Verbose verbose, std::ostream& out, bool terminal);

  void on_epoch_begin(Model&, Progress&, std::size_t epoch) override;
  void on_train_batch_end(Model&, Progress&, std::size_t batch, const Logs&) override;
  void on_epoch_end(Model&, Progress&, std::size_t epoch, Logs&) override;
  void on_test_begin(Model&, Progress&) override;
  void on_test_batch_end(Model&, Progress&, std::size_t batch, const Logs&) override;
  void on_test_end(Model&, Progress&, const Logs&) override;

 private:
  using Clock = std::chrono::steady_clock;
  void begin();
  void draw(std::size_t done, std::size_t steps, const Logs& logs);
  void finish(std::size_t steps, const Logs& logs);
  std::string bar(std::size_t done, std::size_t steps) const;

  Verbose verbose_;
  std::ostream* out_;
  bool terminal_;
  bool training_ = false;
  std::size_t last_width_ = 0;
  Clock::time_point start_{}, last_drawn_{};
};

}  // namespace callbacks
}  // namespace keratin::inline KERATIN_VARIANT
