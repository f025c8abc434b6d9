#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace keratin::io {

/// A file that appears whole or not at all: written beside `target` under another name, and moved
/// to its place by `commit`. Without a commit (an exception, a crash) the old file stays, and the
/// new one goes with the object. Links are followed; a target that is no regular file (/dev/stdout,
/// a pipe) is written to directly. Every failure (a full disk...) is a FileError naming `target`.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  /// Brings the bytes to the disk and the file to its place.
  void commit();

 private:
  [[noreturn]] void fail(const char* action) const;
  void close() noexcept;

  std::filesystem::path target_;
  std::filesystem::path temporary_;  // empty where the target is written directly
  int descriptor_ = -1;
};

/// Writes `bytes` to `path` by an AtomicFile.
void write_file(const std::filesystem::path& path, std::string_view bytes);
/// The bytes of a file. Throws FileError.
std::string read_file(const std::filesystem::path& path);

}  // namespace keratin::io
