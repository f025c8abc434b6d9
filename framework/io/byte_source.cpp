#include "byte_source.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/error.hpp"

namespace keratin::io {

ByteSource::ByteSource(const std::filesystem::path& path)
    : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  struct stat status {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
    throw FileError(concat("Cannot open ", path.string(), ": ", std::strerror(errno)));
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

ByteSource::~ByteSource() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::string ByteSource::read(std::uint64_t offset, std::uint64_t count) const {
  if (offset > size_ || count > size_ - offset) {
    throw FileError(concat("something lies beyond the file's end, at ", offset));
  }
  if (descriptor_ < 0) return std::string(bytes_.substr(offset, count));
  std::string piece(count, '\0');
  for (std::size_t done = 0; done < count;) {
    const ssize_t got =
        ::pread(descriptor_, piece.data() + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw FileError(got < 0 ? std::strerror(errno) : "the file has become shorter");
    done += static_cast<std::size_t>(got);
  }
  return piece;
}

std::string_view Cursor::take(std::uint64_t count) {
  if (count > bytes_.size()) throw FileError("something is longer than the place it has");
  const std::string_view taken = bytes_.substr(0, count);
  bytes_.remove_prefix(count);
  return taken;
}

std::uint64_t Cursor::number(std::size_t size) {
  const std::string_view bytes = take(size);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return value;
}

}  // namespace keratin::io
