#include "../../../training/callbacks/callback.hpp"

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include <doctest/doctest.h>

#include "../../../framework/base/error.hpp"
#include "../../../framework/io/atomic_file.hpp"
#include "../../../layers/core/dense.hpp"
#include "../../../training/callbacks/backup_and_restore.hpp"
#include "../../../training/callbacks/csv_logger.hpp"
#include "../../../training/callbacks/early_stopping.hpp"
#include "../../../training/callbacks/format_path.hpp"
#include "../../../training/callbacks/lambda_callback.hpp"
#include "../../../training/callbacks/learning_rate_scheduler.hpp"
#include "../../../training/callbacks/model_checkpoint.hpp"
#include "../../../training/callbacks/reduce_lr_on_plateau.hpp"
#include "../../../training/callbacks/terminate_on_nan.hpp"
#include "../../../training/optimizers/adam.hpp"
#include "../../../training/optimizers/sgd.hpp"
#include "../../../training/saving/load_model.hpp"
#include "../../../training/sequential.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"
#include "../../support/stored.hpp"

using namespace keratin;
using namespace keratin::callbacks;
namespace fs = std::filesystem;

namespace {

Sequential regression() {
  Sequential model({Input({2}), layers::Dense({.units = 1})});
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.5}),
                 .loss = "mse",
                 .metrics = {"mae", "accuracy"}});
  model.test_on_batch(zeros({1, 2}), zeros({1, 1}));  // makes the metrics
  return model;
}

/// Gives a callback these values of `name`, an epoch each, as fit would; returns the epochs run.
template <class Callback>
std::size_t feed(Callback& callback, Model& model, const std::string& name,
                 const std::vector<double>& values) {
  Progress progress{.epochs = values.size(), .steps = 1};
  callback.on_train_begin(model, progress);
  std::size_t epoch = 0;
  for (; epoch < values.size() && !progress.stop_training; ++epoch) {
    callback.on_epoch_begin(model, progress, epoch);
    Logs logs = {{"loss", 1}};
    set_log(logs, name, values[epoch]);
    callback.on_epoch_end(model, progress, epoch, logs);
  }
  callback.on_train_end(model, progress, {});
  return epoch;
}

/// What is printed to `stream` meanwhile.
class Printed {
 public:
  explicit Printed(std::ostream& stream) : stream_(stream), old_(stream.rdbuf(text_.rdbuf())) {}
  ~Printed() { stream_.rdbuf(old_); }
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::ostream& stream_;
  std::streambuf* old_;
};

/// A folder that goes with the test.
struct Folder {
  fs::path path =
      fs::temp_directory_path() / concat("keratin_callbacks_", sizeof(real), "_", getpid());
  Folder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  fs::path operator/(const std::string& name) const { return path / name; }
};

Tensor inputs() { return testing::filled({4, 2}, {0, 1, 1, 0, 1, 1, 0.5, 0.25}); }
Tensor targets() { return testing::filled({4, 1}, {1, 2, 3, 1.25}); }

}  // namespace

TEST_CASE("EarlyStopping waits for an improvement") {
  Model model = regression();
  const auto epochs = [&](EarlyStoppingOptions options, const std::vector<double>& values) {
    EarlyStopping callback(options);
    return feed(callback, model, options.monitor, values);
  };
  CHECK(epochs({.monitor = "val_loss"}, {3, 2, 2.5, 1}) == 3);
  CHECK(epochs({.monitor = "val_loss", .patience = 2}, {3, 2, 2.5, 1, 1, 1, 0}) == 6);
  CHECK(epochs({.monitor = "val_loss", .min_delta = 0.5}, {3, 2, 1.6, 1}) == 3);
  CHECK(epochs({.monitor = "accuracy"}, {0.1, 0.2, 0.3, 0.2, 0.4}) == 4);
  CHECK(epochs({.monitor = "val_mae"}, {3, 4, 1}) == 2);
  CHECK(epochs({.monitor = "loss", .mode = "max"}, {3, 4, 4, 5}) == 3);
  CHECK(epochs({.monitor = "loss", .patience = 2, .baseline = 1}, {3, 2, 2, 0.5}) == 3);
  CHECK(epochs({.monitor = "loss", .patience = 1, .baseline = 1}, {0.5, 0.4, 0.3}) == 3);
  CHECK(epochs({.monitor = "loss", .start_from_epoch = 3}, {1, 2, 3, 4, 5, 6}) == 5);
  // The very first epoch never ends a training.
  CHECK(epochs({.monitor = "loss"}, {std::nan(""), std::nan(""), 1}) == 2);
}

TEST_CASE("EarlyStopping goes back to the best weights and says so") {
  Model model = regression();
  EarlyStopping callback(
      {.monitor = "loss", .patience = 1, .verbose = 1, .restore_best_weights = true});
  Progress progress{.epochs = 4};
  callback.on_train_begin(model, progress);
  std::vector<Tensors> weights;
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    Tensors values = model.get_weights();
    values[1].fill(static_cast<real>(epoch));
    model.set_weights(values);
    weights.push_back(values);
    Logs logs = {{"loss", epoch == 1 ? 1.0 : 2.0}};
    callback.on_epoch_end(model, progress, epoch, logs);
  }
  CHECK(progress.stop_training);
  CHECK(callback.stopped_epoch() == 2);
  CHECK(callback.best_epoch() == 1);
  CHECK(callback.best() == 1);
  const Printed out(std::cout);
  callback.on_train_end(model, progress, {});
  CHECK(out.text() ==
        "Epoch 3: early stopping\n"
        "Restoring model weights from the end of the best epoch: 2.\n");
  CHECK(model.get_weights() == weights[1]);
}

TEST_CASE("EarlyStopping refuses what it cannot tell and warns of what is missing") {
  Model model = regression();
  CHECK_THROWS_WITH_AS(EarlyStopping({.mode = "up"}),
                       "EarlyStopping mode 'up' is unknown. `mode` must be 'auto', 'min' or 'max'.",
                       ValueError);
  EarlyStopping other({.monitor = "val_other"});
  CHECK_THROWS_WITH_AS(
      feed(other, model, "val_other", {1}),
      "EarlyStopping callback received monitor=val_other, but Keratin isn't able to automatically "
      "determine whether that metric should be maximized or minimized. Pass `mode='max'` in order "
      "to monitor based on the highest metric value, or pass `mode='min'` in order to use the "
      "lowest value.",
      ValueError);
  EarlyStopping missing({.monitor = "val_loss"});
  const Printed error(std::cerr);
  CHECK(feed(missing, model, "mae", {1, 2}) == 2);
  CHECK(error.text() ==
        "Early stopping conditioned on metric `val_loss` which is not available. Available metrics "
        "are: loss,mae\n");
}

TEST_CASE("ReduceLROnPlateau") {
  Model model = regression();
  const auto rate = [&] { return model.optimizer().learning_rate(); };
  const auto after = [&](ReduceLROnPlateauOptions options, const std::vector<double>& values) {
    model.optimizer().set_learning_rate(0.5);
    ReduceLROnPlateau callback(options);
    feed(callback, model, options.monitor, values);
    return rate();
  };
  CHECK(after({.factor = 0.5, .patience = 2}, {1, 1, 1}) == 0.25);
  CHECK(after({.factor = 0.5, .patience = 2}, {1, 1, 0.9, 1}) == 0.5);
  CHECK(after({.factor = 0.5, .patience = 1, .cooldown = 2}, {1, 1, 1, 1, 1}) == 0.125);
  CHECK(after({.factor = 0.5, .patience = 1, .min_delta = 0.5}, {1, 0.6}) == 0.25);
  CHECK(after({.factor = 0.5, .patience = 1, .min_lr = 0.375}, {1, 1, 1, 1}) == 0.375);
  CHECK(after({.monitor = "val_accuracy", .factor = 0.5, .patience = 1}, {0.1, 0.2, 0.3}) == 0.5);
  CHECK(after({.monitor = "val_mae", .factor = 0.5, .patience = 1, .mode = "max"}, {1, 2, 2}) ==
        0.25);
  {
    const Printed out(std::cout);
    after({.factor = 0.5, .patience = 1, .verbose = 1}, {1, 1});
    CHECK(out.text() == "\nEpoch 2: ReduceLROnPlateau reducing learning rate to 0.25.\n");
  }
  CHECK_THROWS_WITH_AS(ReduceLROnPlateau({.factor = 1}),
                       "ReduceLROnPlateau does not support a factor >= 1.0. Received factor=1.0",
                       ValueError);
  const Printed error(std::cerr);
  ReduceLROnPlateau missing({.monitor = "val_loss"});
  feed(missing, model, "mae", {1});
  CHECK(error.text() ==
        "Learning rate reduction is conditioned on metric `val_loss` which is not available. "
        "Available metrics are: loss,mae,learning_rate.\n");
}

TEST_CASE("LearningRateScheduler, in a training whose history sees the rate") {
  Sequential model = regression();
  FitOptions options{.epochs = 3, .verbose = Verbose::silent};
  options.callbacks = {LearningRateScheduler(
      [](std::size_t epoch, double rate) { return epoch == 0 ? rate : rate / 2; }, 1)};
  const Printed out(std::cout);
  const History history = model.fit(inputs(), targets(), options);
  CHECK(history["learning_rate"] == std::vector<double>{0.5, 0.25, 0.125});
  CHECK(out.text() ==
        "\nEpoch 1: LearningRateScheduler setting learning rate to 0.5.\n"
        "\nEpoch 2: LearningRateScheduler setting learning rate to 0.25.\n"
        "\nEpoch 3: LearningRateScheduler setting learning rate to 0.125.\n");
}

TEST_CASE("CSVLogger") {
  const Folder folder;
  Model model = regression();
  CSVLogger logger(folder / "log.csv");
  feed(logger, model, "accuracy", {0.5, 1.0 / 3, 1e-5});
  CHECK(io::read_file(folder / "log.csv") ==
        "epoch,accuracy,loss\r\n0,0.5,1.0\r\n1,0.3333333333333333,1.0\r\n2,1e-05,1.0\r\n");
  CSVLogger more(folder / "log.csv", {.append = true});
  Progress progress;
  more.on_train_begin(model, progress);
  Logs logs = {{"loss", 2}, {"a,b", 3}};
  more.on_epoch_end(model, progress, 7, logs);
  Logs fewer = {{"loss", 1}};
  more.on_epoch_end(model, progress, 8, fewer);
  more.on_train_end(model, progress, {});
  CHECK(io::read_file(folder / "log.csv").ends_with("2,1e-05,1.0\r\n7,3.0,2.0\r\n8,NA,1.0\r\n"));
  CSVLogger quoted(folder / "quoted.csv", {.separator = ";", .append = true});
  quoted.on_train_begin(model, progress);
  Logs odd = {{"say \"x\"", 1}, {"a;b", 2}};
  quoted.on_epoch_end(model, progress, 0, odd);
  quoted.on_train_end(model, progress, {});
  CHECK(io::read_file(folder / "quoted.csv") == "epoch;\"a;b\";\"say \"\"x\"\"\"\r\n0;2.0;1.0\r\n");
  CHECK_THROWS_WITH_AS(CSVLogger("x", {.separator = ", "}),
                       "\"separator\" must be a 1-character string. Received: separator=, ",
                       ValueError);
  CSVLogger nowhere(folder / "no/such/folder.csv");
  CHECK_THROWS_AS(nowhere.on_train_begin(model, progress), FileError);
}

TEST_CASE("TerminateOnNaN") {
  Model model = regression();
  Progress progress;
  TerminateOnNaN callback;
  callback.on_train_batch_end(model, progress, 1, {{"loss", 1}});
  CHECK(!progress.stop_training);
  {
    const Printed out(std::cout);
    callback.on_train_batch_end(model, progress, 4, {{"loss", INFINITY}});
    CHECK(out.text() == "Batch 4: Invalid loss, terminating training\n");
  }
  CHECK(progress.stop_training);
  TerminateOnNaN strict({.raise_error = true});
  CHECK_THROWS_WITH_AS(strict.on_train_batch_end(model, progress, 4, {{"loss", NAN}}),
                       "NaN or Inf loss encountered at batch 4. Loss value: nan. Terminating "
                       "training immediately.",
                       Error);
}

TEST_CASE("LambdaCallback is called along training") {
  Sequential model = regression();
  std::string calls;
  FitOptions options{.batch_size = 2, .epochs = 1, .verbose = Verbose::silent};
  options.callbacks = {LambdaCallback({
      .on_epoch_begin = [&](std::size_t epoch) { calls += concat("epoch ", epoch, ";"); },
      .on_epoch_end = [&](std::size_t, Logs& logs) { set_log(logs, "mine", 7); },
      .on_train_begin = [&] { calls += "begin;"; },
      .on_train_end = [&](const Logs& logs) { calls += concat("end ", log_value(logs, "mine")); },
      .on_train_batch_begin = [&](std::size_t batch) { calls += concat("<", batch); },
      .on_train_batch_end = [&](std::size_t batch, const Logs&) { calls += concat(batch, ">;"); },
  })};
  model.fit(inputs(), targets(), options);
  CHECK(calls == "begin;epoch 0;<00>;<11>;end 7");
  LambdaCallback nothing({});
  CHECK(feed(nothing, model, "loss", {1, 2}) == 2);
}

TEST_CASE("paths are formatted as Python formats them") {
  const PathValues values = {{"epoch", 7L}, {"loss", 0.123456}, {"tiny", 1e-7}};
  CHECK(format_path("{epoch}-{loss}-{tiny}", values) == "7-0.123456-1e-07");
  CHECK(format_path("{epoch:02d}-{epoch:4d}-{loss:.2f}.keras", values) == "07-   7-0.12.keras");
  CHECK(format_path("{{{epoch:+}}}{loss:08.3f}{loss:.1%}{loss:.2e}{epoch:.1f}", values) ==
        "{+7}0000.12312.3%1.23e-017.0");
  for (const auto& [pattern, reason] : std::map<std::string, std::string>{
           {"{acc}", "'acc'"},
           {"{epoch", "expected '}' before end of string"},
           {"epoch}", "Single '}' encountered in format string"},
           {"{loss:d}", "Unknown format code 'd' for object of type 'float'"},
           {"{epoch:.2d}", "Precision not allowed in integer format specifier"},
           {"{loss:x}", "Invalid format specifier 'x'"}}) {
    CHECK_THROWS_WITH_AS(
        format_path(pattern, values),
        concat("Failed to format this callback filepath: \"", pattern, "\". Reason: ", reason)
            .c_str(),
        ValueError);
  }
}

TEST_CASE("ModelCheckpoint") {
  const Folder folder;
  Model model = regression();
  SUBCASE("after each epoch") {
    ModelCheckpoint callback((folder / "new/{epoch:02d}-{loss:.1f}.keras").string(),
                             {.verbose = 1});
    const Printed out(std::cout);
    feed(callback, model, "mae", {1, 2});
    const std::string first = (folder / "new/01-1.0.keras").string();
    CHECK(out.text().starts_with(concat("\nEpoch 1: saving model to ", first,
                                        "\n\nEpoch 1: finished saving model to ", first, "\n")));
    CHECK(load_model(folder / "new/02-1.0.keras").get_weights() ==
          testing::stored(model.get_weights()));
  }
  SUBCASE("the best only") {
    const std::string path = (folder / "best.weights.h5").string();
    ModelCheckpoint callback(path, {.monitor = "val_accuracy",
                                    .verbose = 1,
                                    .save_best_only = true,
                                    .save_weights_only = true});
    const Printed out(std::cout);
    feed(callback, model, "val_accuracy", {0.5, 0.25, 0.75});
    CHECK(callback.best() == 0.75);
    CHECK(out.text() ==
          concat("\nEpoch 1: val_accuracy improved from -inf to 0.50000, saving model to ", path,
                 "\n\nEpoch 1: finished saving model to ", path,
                 "\n\nEpoch 2: val_accuracy did not improve from 0.50000\n",
                 "\nEpoch 3: val_accuracy improved from 0.50000 to 0.75000, saving model to ", path,
                 "\n\nEpoch 3: finished saving model to ", path, "\n"));
    Model other = regression();
    other.load_weights(path);
    CHECK(other.get_weights() == testing::stored(model.get_weights()));
  }
  SUBCASE("better than a threshold") {
    ModelCheckpoint callback(
        (folder / "best.keras").string(),
        {.monitor = "loss", .save_best_only = true, .initial_value_threshold = 0.5});
    feed(callback, model, "loss", {0.75});
    CHECK(!fs::exists(folder / "best.keras"));
    feed(callback, model, "loss", {0.25});
    CHECK(fs::exists(folder / "best.keras"));
  }
  SUBCASE("after some batches") {
    Sequential trained = regression();
    FitOptions options{.batch_size = 1, .epochs = 2, .verbose = Verbose::silent};
    options.callbacks = {
        ModelCheckpoint((folder / "{epoch}-{batch}.keras").string(), {.save_freq = 3})};
    trained.fit(inputs(), targets(), options);
    CHECK(fs::exists(folder / "1-3.keras"));
    CHECK(fs::exists(folder / "2-2.keras"));
    CHECK(std::distance(fs::directory_iterator(folder.path), {}) == 2);
  }
  SUBCASE("wrong use") {
    CHECK_THROWS_WITH_AS(ModelCheckpoint("a.tf"),
                         "The filepath provided must end in `.keras` (Keras model format). "
                         "Received: filepath=a.tf",
                         ValueError);
    CHECK_THROWS_WITH_AS(
        ModelCheckpoint("a.keras", {.save_weights_only = true}),
        "When using `save_weights_only=True` in `ModelCheckpoint`, the filepath provided must end "
        "in `.weights.h5` (Keras weights format). Received: filepath=a.keras",
        ValueError);
    CHECK_THROWS_WITH_AS(SaveFrequency("step"),
                         "Invalid value for argument `save_freq`. Received: save_freq=step. "
                         "Expected either 'epoch' or an integer value.",
                         ValueError);
    CHECK_THROWS_WITH_AS(SaveFrequency(0),
                         "Invalid value for argument `save_freq`. Received: save_freq=0. Expected "
                         "either 'epoch' or a positive integer value.",
                         ValueError);
    fs::create_directories(folder / "folder.keras");
    ModelCheckpoint callback((folder / "folder.keras").string());
    CHECK_THROWS_AS(feed(callback, model, "loss", {1}), FileError);
  }
}

TEST_CASE("BackupAndRestore goes on where a training was interrupted") {
  const Folder folder;
  const fs::path backup = folder / "backup";
  const auto model_to_train = [] {
    Sequential model({Input({2}), layers::Dense({.units = 1, .kernel_initializer = "ones"})});
    model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.1}), .loss = "mse"});
    return model;
  };
  const FitOptions plain{.epochs = 5, .verbose = Verbose::silent, .shuffle = false};
  Sequential undisturbed = model_to_train();
  const History whole = undisturbed.fit(inputs(), targets(), plain);

  FitOptions options = plain;
  options.callbacks = {BackupAndRestore(backup),
                       LambdaCallback({.on_epoch_begin = [](std::size_t e) {
                         if (e == 3) throw Error("interrupted");
                       }})};
  Sequential first = model_to_train();
  CHECK_THROWS_WITH_AS(first.fit(inputs(), targets(), options), "interrupted", Error);
  CHECK(io::read_file(backup / "training_metadata.json") == "{\"epoch\": 3, \"batch\": 0}");

  options.callbacks = {BackupAndRestore(backup)};
  Sequential second = model_to_train();
  const History rest = second.fit(inputs(), targets(), options);
  CHECK(rest.epoch == std::vector<std::size_t>{3, 4});
  for (const std::size_t i : {0, 1}) {
    const double expected = whole["loss"][3 + i];
    CHECK(std::abs(rest["loss"][i] - expected) <= testing::stored_tolerance * expected);
    testing::check_close(second.get_weights()[i], undisturbed.get_weights()[i],
                         testing::stored_tolerance);
  }
  CHECK(!fs::exists(backup));
}

TEST_CASE("BackupAndRestore falls back on the backup before") {
  const Folder folder;
  const fs::path backup = folder / "backup";
  Model model = regression();
  BackupAndRestore callback(backup, {.double_checkpoint = true, .delete_checkpoint = false});
  feed(callback, model, "loss", {1, 1});
  std::ofstream(backup / "latest.weights.h5") << "broken";
  Progress progress;
  callback.on_train_begin(model, progress);
  CHECK(progress.initial_epoch == 1);
  BackupAndRestore single(backup);
  std::ofstream(backup / "latest.weights.h5") << "broken";
  CHECK_THROWS_AS(single.on_train_begin(model, progress), FileError);
  CHECK_THROWS_WITH_AS(BackupAndRestore(""), "Empty `backup_dir` argument passed", ValueError);
}
