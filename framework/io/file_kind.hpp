#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace keratin::io {

/// What a file holds, told by its first bytes and never by its name.
enum class FileKind {
  zip,
  hdf5,
  json,
  npy,
  directory,
  git_lfs_pointer,    ///< the text that Git leaves in place of a large file
  text_mangled_hdf5,  ///< HDF5 that went through a conversion of line ends or characters
  empty,
  unknown,
};

/// Throws FileError if there is nothing at `path` or it can't be read.
FileKind file_kind(const std::filesystem::path& path);
/// The same for bytes in memory.
FileKind kind_of_bytes(std::string_view bytes);

/// What to say about a file of this kind where another was expected: "is a zip archive", ...
std::string describe(FileKind kind);

}  // namespace keratin::io
