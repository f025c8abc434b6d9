#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace keratin::io {

/// The bytes of a file on disk or in memory, read in pieces that are checked against its size.
class ByteSource {
 public:
  /// Refers to `bytes`, which must outlive it.
  explicit ByteSource(std::string_view bytes) : bytes_(bytes), size_(bytes.size()) {}
  explicit ByteSource(const std::filesystem::path& path);
  ~ByteSource();
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  std::uint64_t size() const { return size_; }
  /// Throws FileError unless the file has these bytes.
  std::string read(std::uint64_t offset, std::uint64_t count) const;

 private:
  std::string_view bytes_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

/// Little-endian numbers from the front of a piece of bytes.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  /// Throws FileError if there are fewer.
  std::string_view take(std::uint64_t count);
  void skip(std::uint64_t count) { take(count); }
  std::string_view rest() const { return bytes_; }

 private:
  std::uint64_t number(std::size_t size);
  std::string_view bytes_;
};

}  // namespace keratin::io
