#include "file_kind.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "../base/error.hpp"

namespace keratin::io {
namespace {

using namespace std::string_view_literals;

constexpr auto hdf5_signature = "\x89HDF\r\n\x1a\n"sv;
// The signature stands at 0, or after a user block, at a power of two from 512 on.
constexpr std::size_t smallest_user_block = 512, largest_user_block = 1 << 16;

// What becomes of the signature when line ends are converted either way, or when its first byte,
// which is in no 7-bit or UTF-8 text, is replaced.
bool is_mangled_hdf5(std::string_view bytes) {
  for (const auto start :
       {"\x89HDF"sv, "\xef\xbf\xbdHDF"sv, "\xc2\x89HDF"sv, "\xe2\x80\xb0HDF"sv, "\tHDF\r\n\x1a"sv,
        "?HDF\r\n\x1a"sv, "?HDF\n\x1a"sv, "\tHDF\n\x1a"sv, "\xff\xfe\x89\0H\0D\0F"sv}) {
    if (bytes.starts_with(start)) return true;
  }
  return false;
}

bool is_json(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf"sv)) bytes.remove_prefix(3);
  const auto first = bytes.find_first_not_of(" \t\r\n");
  if (first == bytes.npos) return false;
  if (bytes[first] == '{') {
    const auto next = bytes.find_first_not_of(" \t\r\n", first + 1);
    return next == bytes.npos || bytes[next] == '"' || bytes[next] == '}';
  }
  return bytes[first] == '[';
}

}  // namespace

FileKind kind_of_bytes(std::string_view bytes) {
  if (bytes.empty()) return FileKind::empty;
  if (bytes.starts_with(hdf5_signature)) return FileKind::hdf5;
  if (bytes.starts_with("PK\x03\x04"sv) || bytes.starts_with("PK\x05\x06"sv)) return FileKind::zip;
  if (bytes.starts_with("\x93NUMPY"sv)) return FileKind::npy;
  if (bytes.starts_with("version https://git-lfs.github.com/spec/"sv)) {
    return FileKind::git_lfs_pointer;
  }
  if (is_mangled_hdf5(bytes)) return FileKind::text_mangled_hdf5;
  for (std::size_t at = smallest_user_block; at <= largest_user_block && at < bytes.size();
       at *= 2) {
    if (bytes.substr(at).starts_with(hdf5_signature)) return FileKind::hdf5;
  }
  return is_json(bytes) ? FileKind::json : FileKind::unknown;
}

FileKind file_kind(const std::filesystem::path& path) {
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (status.type() == std::filesystem::file_type::directory) return FileKind::directory;
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw FileError(concat("Cannot open ", path.string(), ": ", std::strerror(errno)));
  std::string start(largest_user_block + hdf5_signature.size(), '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  if (file.bad())
    throw FileError(concat("Cannot read ", path.string(), ": ", std::strerror(errno)));
  start.resize(static_cast<std::size_t>(file.gcount()));
  return kind_of_bytes(start);
}

std::string describe(FileKind kind) {
  switch (kind) {
    case FileKind::zip:
      return "is a zip archive";
    case FileKind::hdf5:
      return "is an HDF5 file";
    case FileKind::json:
      return "is JSON text";
    case FileKind::npy:
      return "is a NumPy array";
    case FileKind::directory:
      return "is a directory";
    case FileKind::git_lfs_pointer:
      return "is a Git LFS pointer, not the file itself: fetch it with `git lfs pull`";
    case FileKind::text_mangled_hdf5:
      return "is an HDF5 file damaged by a conversion of its text (line ends or characters): copy "
             "it again as binary";
    case FileKind::empty:
      return "is empty";
    case FileKind::unknown:
      break;
  }
  return "has an unknown format";
}

}  // namespace keratin::io
