#include "csv_logger.hpp"

#include <algorithm>

#include "../../framework/base/error.hpp"
#include "messages.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

CSVLogger::CSVLogger(std::filesystem::path filename, CSVLoggerOptions options)
    : filename_(std::move(filename)), options_(std::move(options)) {
  if (options_.separator.size() != 1) {
    throw ValueError(concat("\"separator\" must be a 1-character string. Received: separator=",
                            options_.separator));
  }
}

void CSVLogger::on_train_begin(Model&, Progress&) {
  std::error_code none;
  needs_header_ = !options_.append || std::filesystem::file_size(filename_, none) == 0 || none;
  file_ = std::ofstream(filename_, options_.append ? std::ios::app : std::ios::trunc);
  if (!file_) throw FileError(concat(filename_.string(), ": cannot be opened for writing"));
  keys_.clear();
}

void CSVLogger::on_epoch_end(Model&, Progress&, std::size_t epoch, Logs& logs) {
  if (keys_.empty()) {
    for (const auto& [name, value] : logs) keys_.push_back(name);
    std::ranges::sort(keys_);
    std::vector<std::string> header = {"epoch"};
    header.insert(header.end(), keys_.begin(), keys_.end());
    if (needs_header_) write_row(header);
  }
  std::vector<std::string> row = {std::to_string(epoch)};
  for (const std::string& key : keys_) {
    const double* value = find_log(logs, key);
    row.push_back(value ? python_float(*value) : "NA");
  }
  write_row(row);
  file_.flush();
  if (!file_) throw FileError(concat(filename_.string(), ": cannot be written"));
}

void CSVLogger::on_train_end(Model&, Progress&, const Logs&) { file_.close(); }

void CSVLogger::write_row(const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i) file_ << options_.separator;
    const std::string& field = fields[i];
    if (field.find_first_of("\"\r\n" + options_.separator) == field.npos) {
      file_ << field;
      continue;
    }
    file_ << '"';
    for (const char c : field) file_ << (c == '"' ? "\"\"" : std::string(1, c));
    file_ << '"';
  }
  file_ << "\r\n";
}

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
