#include "progress_bar.hpp"

#include <cmath>
#include <cstdio>
#include <iostream>

#include <unistd.h>

#include "../../framework/base/error.hpp"

namespace keratin::inline KERATIN_VARIANT {

namespace callbacks {
namespace {

constexpr std::size_t width = 20;
constexpr auto redraw_interval = std::chrono::milliseconds(50);

std::string formatted(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// 12ms/step, 3s/step, 250us/step
std::string time_per_step(double seconds) {
  if (seconds >= 1 || seconds == 0) return formatted("%.0fs/step", seconds);
  if (seconds >= 1e-3) return formatted("%.0fms/step", seconds * 1e3);
  return formatted("%.0fus/step", seconds * 1e6);
}

std::string time_left(double seconds) {
  const auto total = static_cast<long>(seconds);
  char text[64];
  if (total > 3600) {
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", total / 3600, total % 3600 / 60,
                  total % 60);
  } else if (total > 60) {
    std::snprintf(text, sizeof text, "%ld:%02ld", total / 60, total % 60);
  } else {
    std::snprintf(text, sizeof text, "%lds", total);
  }
  return text;
}

std::string logs_text(const Logs& logs) {
  std::string text;
  for (const auto& [name, value] : logs)
    text += " - " + name + ": " +
            formatted(std::abs(value) > 1e-3 || value == 0 ? "%.4f" : "%.4e", value);
  return text;
}

}  // namespace

ProgbarLogger::ProgbarLogger(Verbose verbose)
    : ProgbarLogger(verbose, std::cout, isatty(STDOUT_FILENO) != 0) {}

ProgbarLogger::ProgbarLogger(Verbose verbose, std::ostream& out, bool terminal)
    : verbose_(verbose), out_(&out), terminal_(terminal) {
  if (verbose_ == Verbose::automatic) verbose_ = terminal ? Verbose::bar : Verbose::silent;
}

void ProgbarLogger::begin() {
  start_ = Clock::now();
  last_drawn_ = {};
  last_width_ = 0;
}

void ProgbarLogger::on_epoch_begin(Model&, Progress& progress, std::size_t epoch) {
  training_ = true;
  begin();
  if (verbose_ != Verbose::silent && progress.epochs > 1)
    *out_ << "Epoch " << epoch + 1 << '/' << progress.epochs << '\n' << std::flush;
}

void ProgbarLogger::on_train_batch_end(Model&, Progress& progress, std::size_t batch,
                                       const Logs& logs) {
  draw(batch + 1, progress.steps, logs);
}

void ProgbarLogger::on_epoch_end(Model&, Progress& progress, std::size_t, Logs& logs) {
  training_ = false;
  finish(progress.steps, logs);
}

void ProgbarLogger::on_test_begin(Model&, Progress&) {
  if (!training_) begin();
}

void ProgbarLogger::on_test_batch_end(Model&, Progress& progress, std::size_t batch,
                                      const Logs& logs) {
  if (!training_) draw(batch + 1, progress.steps, logs);
}

void ProgbarLogger::on_test_end(Model&, Progress& progress, const Logs& logs) {
  if (!training_) finish(progress.steps, logs);
}

std::string ProgbarLogger::bar(std::size_t done, std::size_t steps) const {
  const std::size_t filled = steps == 0 ? width : width * done / steps;
  const std::string total = std::to_string(steps), count = std::to_string(done);
  std::string text =
      std::string(total.size() - std::min(total.size(), count.size()), ' ') + count + "/" + total;
  const auto colour = [&](const char* code, const std::string& part) {
    return terminal_ && !part.empty() ? std::string("\x1b[") + code + "m" + part + "\x1b[0m" : part;
  };
  std::string green, grey;
  for (std::size_t i = 0; i < width; ++i) (i < filled ? green : grey) += "━";
  return colour("1", text) + " " + colour("32", green) + colour("37", grey);
}

void ProgbarLogger::draw(std::size_t done, std::size_t steps, const Logs& logs) {
  if (verbose_ != Verbose::bar || !terminal_ || done >= steps) return;
  const auto now = Clock::now();
  if (now - last_drawn_ < redraw_interval) return;
  last_drawn_ = now;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double per_step = seconds / static_cast<double>(done);
  std::string text = bar(done, steps) + " " +
                     time_left(per_step * static_cast<double>(steps - done)) + " " +
                     time_per_step(per_step) + logs_text(logs);
  const std::size_t size = text.size();
  if (size < last_width_) text.append(last_width_ - size, ' ');
  last_width_ = size;
  *out_ << '\r' << text << std::flush;
}

void ProgbarLogger::finish(std::size_t steps, const Logs& logs) {
  if (verbose_ == Verbose::silent) return;
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  const double per_step = steps == 0 ? 0 : seconds / static_cast<double>(steps);
  std::string text;
  if (verbose_ == Verbose::bar) {
    text = bar(steps, steps) + " " + time_left(seconds) + " " + time_per_step(per_step);
  } else {
    text = concat(steps, "/", steps, " - ", time_left(seconds), " - ", time_per_step(per_step));
  }
  text += logs_text(logs);
  if (text.size() < last_width_) text.append(last_width_ - text.size(), ' ');
  *out_ << (verbose_ == Verbose::bar && terminal_ ? "\r" : "") << text << '\n' << std::flush;
}

}  // namespace callbacks
}  // namespace keratin::inline KERATIN_VARIANT
