#include "atomic_file.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/error.hpp"

namespace keratin::io {
namespace fs = std::filesystem;
namespace {

constexpr int tries = 100;

// In the folder of `target`, since only there renaming is one step.
fs::path name_beside(const fs::path& target) {
  static std::atomic<unsigned> count = 0;
  return target.parent_path() / concat(".keratin-", ::getpid(), "-", count++, ".tmp");
}

// So that the new name, too, outlives a loss of power. Not every file system can; no harm then.
void flush_folder(const fs::path& folder) noexcept {
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

AtomicFile::AtomicFile(fs::path target) : target_(std::move(target)) {
  std::error_code code;
  if (fs::is_symlink(target_, code)) {
    const fs::path followed = fs::weakly_canonical(target_, code);
    if (!code) target_ = followed;
  }
  const fs::file_status status = fs::status(target_, code);
  if (fs::is_directory(status)) {
    errno = EISDIR;
    fail("write");
  }
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    descriptor_ = ::open(target_.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor_ < 0) fail("write");
    return;
  }
  for (int i = 0; i < tries && descriptor_ < 0; ++i) {
    temporary_ = name_beside(target_);
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0 && errno != EEXIST) break;
  }
  if (descriptor_ < 0) {
    temporary_.clear();
    fail("write");
  }
  if (fs::exists(status)) {
    // Who may read the old file may read the new one; where that can't be set, the default stays.
    [[maybe_unused]] const int ignored =
        ::fchmod(descriptor_, static_cast<mode_t>(status.permissions()));
  }
}

AtomicFile::~AtomicFile() {
  close();
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void AtomicFile::commit() {
  if (temporary_.empty()) return close();
  if (::fsync(descriptor_) != 0) fail("write");
  close();
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("replace");
  temporary_.clear();
  flush_folder(target_.parent_path());
}

void AtomicFile::fail(const char* action) const {
  throw FileError(concat("Cannot ", action, " ", target_.string(), ": ", std::strerror(errno)));
}

void AtomicFile::close() noexcept {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void write_file(const fs::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

std::string read_file(const fs::path& path) {
  std::error_code code;
  if (fs::is_directory(path, code)) {
    throw FileError(concat("Cannot read ", path.string(), ": it is a directory"));
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw FileError(concat("Cannot open ", path.string(), ": ", std::strerror(errno)));
  std::string bytes;
  char block[1 << 16];
  while (file.read(block, sizeof block) || file.gcount() > 0) {
    bytes.append(block, static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad())
    throw FileError(concat("Cannot read ", path.string(), ": ", std::strerror(errno)));
  return bytes;
}

}  // namespace keratin::io
