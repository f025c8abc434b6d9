#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "callback.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

struct CSVLoggerOptions {
  /// One character.
  std::string separator = ",";
  /// Add to the file that is there.
  bool append = false;
};

/// Writes the epoch, from 0, and the logs of each into a table, as Python's csv module does: a
/// header, lines that end in "\r\n" (keras.callbacks.CSVLogger). The columns are the first epoch's
/// logs; "NA" stands for what later ones lack. Throws ValueError for a separator of other length,
/// FileError where the file cannot be written.
class CSVLogger final : public Callback {
 public:
  explicit CSVLogger(std::filesystem::path filename, CSVLoggerOptions options = {});
  void on_train_begin(Model&, Progress&) override;
  void on_epoch_end(Model&, Progress&, std::size_t epoch, Logs&) override;
  void on_train_end(Model&, Progress&, const Logs&) override;

 private:
  void write_row(const std::vector<std::string>& fields);

  std::filesystem::path filename_;
  CSVLoggerOptions options_;
  std::ofstream file_;
  bool needs_header_ = true;
  std::vector<std::string> keys_;
};

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
