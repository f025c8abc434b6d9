#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "atomic_file.hpp"

namespace keratin::io {

/// Writes a zip archive to the byte as Python's zipfile does for Keras: members are stored, in the
/// order given, with sizes before the data, and zip64 only where it is needed. Like an AtomicFile
/// it appears whole, at `commit`, or not at all.
class ZipWriter {
 public:
  explicit ZipWriter(std::filesystem::path target);

  /// What a member is dated: Keras gives its texts the earliest date there is, so that they depend
  /// on nothing but the model, and its weights the present.
  enum class Date { year_1980, now };
  /// `name` is relative, its parts separated by '/'. Throws ValueError if it is not or was added
  /// before, and FileError if it can't be written.
  void add(const std::string& name, std::string_view bytes, Date date = Date::year_1980);
  void commit();

 private:
  struct Member {
    std::string name;
    std::uint64_t size, offset;
    std::uint32_t crc, date_and_time;
  };
  void write(std::string_view bytes);
  void write_directory();

  AtomicFile file_;
  std::uint64_t position_ = 0;
  std::vector<Member> members_;
};

}  // namespace keratin::io
