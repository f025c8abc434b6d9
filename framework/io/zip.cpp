#include "zip.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include <zip.h>

#include "../base/error.hpp"
#include "atomic_file.hpp"
#include "file_kind.hpp"

namespace keratin::io {
namespace fs = std::filesystem;

class Archive::Backend {
 public:
  explicit Backend(std::string name) : name_(std::move(name)) {}
  virtual ~Backend() = default;
  const std::string& name() const { return name_; }
  virtual std::vector<std::string> members() const = 0;
  virtual bool has(const std::string& member) const = 0;
  virtual std::string read(const std::string& member) const = 0;

  [[noreturn]] void fail(const std::string& why) const { throw FileError(name_ + ": " + why); }
  [[noreturn]] void fail(const std::string& member, const std::string& why) const {
    fail(concat("member '", member, "': ", why));
  }

 private:
  std::string name_;
};

namespace {

constexpr std::uint64_t trusted_bytes = std::uint64_t{256} << 20;
constexpr std::uint64_t largest_ratio = 100;
constexpr std::size_t block_bytes = std::size_t{1} << 16;

std::string text_of(zip_error_t* error) {
  std::string text = zip_error_strerror(error);
  zip_error_fini(error);
  return text;
}

class ZipBackend : public Archive::Backend {
 public:
  ZipBackend(const fs::path& path) : Backend(path.string()) {
    zip_error_t error;
    zip_error_init(&error);
    open(zip_source_file_create(path.c_str(), 0, -1, &error), error);
  }

  ZipBackend(std::string bytes, std::string name)
      : Backend(std::move(name)), bytes_(std::move(bytes)) {
    zip_error_t error;
    zip_error_init(&error);
    open(zip_source_buffer_create(bytes_.data(), bytes_.size(), 0, &error), error);
  }

  std::vector<std::string> members() const override { return members_; }
  bool has(const std::string& member) const override { return index_.contains(member); }

  std::string read(const std::string& member) const override {
    const auto found = index_.find(member);
    if (found == index_.end()) fail(member, "there is no such member");
    const std::lock_guard lock(mutex_);
    zip_stat_t stat;
    if (zip_stat_index(zip_.get(), found->second, 0, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE) ||
        !(stat.valid & ZIP_STAT_COMP_SIZE)) {
      fail(member, zip_strerror(zip_.get()));
    }
    if (stat.size > trusted_bytes && stat.size / largest_ratio > stat.comp_size) {
      fail(member, concat("refused as a decompression bomb: ", stat.size, " bytes from ",
                          stat.comp_size, " stored"));
    }
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(
        zip_fopen_index(zip_.get(), found->second, 0), zip_fclose);
    if (!file) fail(member, zip_strerror(zip_.get()));
    return read_to_end(*file, member, stat.size);
  }

 private:
  void open(zip_source_t* source, zip_error_t& error) {
    if (source) zip_.reset(zip_open_from_source(source, ZIP_RDONLY, &error));
    if (!zip_) {
      if (source) zip_source_free(source);
      fail(concat("cannot be opened as a zip archive: ", text_of(&error)));
    }
    zip_error_fini(&error);
    const zip_int64_t count = zip_get_num_entries(zip_.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) add(static_cast<zip_uint64_t>(i));
  }

  void add(zip_uint64_t index) {
    const char* found = zip_get_name(zip_.get(), index, 0);
    const std::string member = found ? found : "";
    if (!is_safe_member_name(member)) {
      fail(concat("refused, for it has a member that leads out of it: '", member, "'"));
    }
    if (!index_.emplace(member, index).second) {
      fail(concat("refused, for it has two members of one name: '", member, "'"));
    }
    if (!member.ends_with('/')) members_.push_back(member);
  }

  // The declared size is not trusted: memory grows with what comes.
  std::string read_to_end(zip_file_t& file, const std::string& member, std::uint64_t size) const {
    std::string bytes;
    bytes.reserve(std::min<std::uint64_t>(size, std::uint64_t{16} << 20));
    char block[block_bytes];
    for (;;) {
      const zip_int64_t count = zip_fread(&file, block, block_bytes);
      if (count < 0) fail(member, zip_file_strerror(&file));
      if (count == 0) break;
      bytes.append(block, static_cast<std::size_t>(count));
      if (bytes.size() > size) break;
    }
    if (bytes.size() != size) {
      fail(member, concat("truncated or corrupt: ", size, " bytes are declared, found ",
                          bytes.size() > size ? "more" : std::to_string(bytes.size())));
    }
    return bytes;
  }

  std::string bytes_;
  std::unique_ptr<zip_t, void (*)(zip_t*)> zip_{nullptr, zip_discard};
  std::vector<std::string> members_;
  std::map<std::string, zip_uint64_t> index_;
  mutable std::mutex mutex_;  // libzip's handles are for one thread
};

class DirectoryBackend : public Archive::Backend {
 public:
  explicit DirectoryBackend(const fs::path& path) : Backend(path.string()), path_(path) {}

  std::vector<std::string> members() const override {
    std::vector<std::string> found;
    std::error_code code;
    for (fs::recursive_directory_iterator entry(path_, code), end; !code && entry != end;
         entry.increment(code)) {
      std::error_code ignored;
      if (entry->is_regular_file(ignored)) {
        found.push_back(entry->path().lexically_relative(path_).generic_string());
      }
    }
    if (code) fail(concat("cannot be listed: ", code.message()));
    std::sort(found.begin(), found.end());
    return found;
  }

  bool has(const std::string& member) const override {
    std::error_code code;
    return is_safe_member_name(member) && fs::is_regular_file(path_ / member, code);
  }

  std::string read(const std::string& member) const override {
    if (!has(member)) fail(member, "there is no such file");
    return read_file(path_ / member);
  }

 private:
  fs::path path_;
};

}  // namespace

bool is_safe_member_name(const std::string& name) {
  if (name.empty() || name.find('\0') != name.npos) return false;
  const auto is_separator = [](char c) { return c == '/' || c == '\\'; };
  if (is_separator(name[0]) || (name.size() > 1 && name[1] == ':')) return false;
  for (std::size_t begin = 0; begin < name.size();) {
    const auto end = static_cast<std::size_t>(
        std::find_if(name.begin() + static_cast<std::ptrdiff_t>(begin), name.end(), is_separator) -
        name.begin());
    if (name.compare(begin, end - begin, "..") == 0) return false;
    begin = end + 1;
  }
  return true;
}

Archive::Archive(std::unique_ptr<Backend> backend) : backend_(std::move(backend)) {}
Archive::Archive(Archive&&) noexcept = default;
Archive& Archive::operator=(Archive&&) noexcept = default;
Archive::~Archive() = default;

Archive Archive::open(const fs::path& path) {
  const FileKind kind = file_kind(path);
  if (kind == FileKind::directory) return Archive(std::make_unique<DirectoryBackend>(path));
  if (kind == FileKind::zip) return Archive(std::make_unique<ZipBackend>(path));
  throw FileError(concat(path.string(), " ", describe(kind), "; expected a zip archive"));
}

Archive Archive::from_bytes(std::string bytes, std::string name) {
  const FileKind kind = kind_of_bytes(bytes);
  if (kind != FileKind::zip) {
    throw FileError(concat(name, " ", describe(kind), "; expected a zip archive"));
  }
  return Archive(std::make_unique<ZipBackend>(std::move(bytes), std::move(name)));
}

const std::string& Archive::name() const { return backend_->name(); }
std::vector<std::string> Archive::members() const { return backend_->members(); }
bool Archive::has(const std::string& member) const { return backend_->has(member); }
std::string Archive::read(const std::string& member) const { return backend_->read(member); }

}  // namespace keratin::io
