#include "../../../training/callbacks/progress_bar.hpp"

#include <sstream>

#include <doctest/doctest.h>

#include "../../../layers/core/dense.hpp"
#include "../../../training/sequential.hpp"

using namespace keratin;

namespace {

std::string printed(Verbose verbose, bool terminal) {
  std::ostringstream out;
  callbacks::ProgbarLogger logger(verbose, out, terminal);
  Sequential model({Input({1}), layers::Dense({.units = 1})});
  Progress progress{.epochs = 2, .steps = 3};
  Logs logs = {{"accuracy", 0.5}, {"loss", 0.00012345}};
  logger.on_train_begin(model, progress);
  for (std::size_t epoch = 0; epoch < 2; ++epoch) {
    logger.on_epoch_begin(model, progress, epoch);
    for (std::size_t b = 0; b < 3; ++b) logger.on_train_batch_end(model, progress, b, logs);
    logger.on_epoch_end(model, progress, epoch, logs);
  }
  return out.str();
}

}  // namespace

TEST_CASE("a line for each epoch, as Keras prints it") {
  const std::string text = printed(Verbose::line, false);
  CHECK(text.find("Epoch 1/2\n3/3 - 0s - ") == 0);
  CHECK(text.find("/step - accuracy: 0.5000 - loss: 1.2345e-04\nEpoch 2/2\n") != std::string::npos);
}

TEST_CASE("the bar moves on a terminal and is printed once elsewhere") {
  const std::string moving = printed(Verbose::bar, true);
  CHECK(moving.find("\r\x1b[1m1/3\x1b[0m \x1b[32m━━━━━━\x1b[0m\x1b[37m") != std::string::npos);
  const std::string still = printed(Verbose::bar, false);
  CHECK(still.find('\r') == std::string::npos);
  CHECK(still.find("3/3 ━━━━━━━━━━━━━━━━━━━━ 0s ") != std::string::npos);
}

TEST_CASE("nothing is printed when quiet, or off a terminal by default") {
  CHECK(printed(Verbose::silent, true).empty());
  CHECK(printed(Verbose::automatic, false).empty());
  CHECK_FALSE(printed(Verbose::automatic, true).empty());
}
