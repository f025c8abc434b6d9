#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace keratin::io {

/// The members of a zip archive, or the files of a directory in its place (an unpacked `.keras`).
///
/// Every failure is a FileError naming archive and member. An archive is refused if two members
/// have one name or if a name leads out of it; so is a member that unpacks to more than 256 MiB and
/// 100 times its stored size. May be used from several threads.
class Archive {
 public:
  static Archive open(const std::filesystem::path& path);
  /// The bytes of a zip archive; `name` stands for it in messages.
  static Archive from_bytes(std::string bytes, std::string name);

  Archive(Archive&&) noexcept;
  Archive& operator=(Archive&&) noexcept;
  ~Archive();

  const std::string& name() const;
  /// The paths of the members: in the archive's order, or sorted in case of a directory. Without
  /// folders.
  std::vector<std::string> members() const;
  bool has(const std::string& member) const;
  std::string read(const std::string& member) const;

  class Backend;  // private to the library

 private:
  explicit Archive(std::unique_ptr<Backend> backend);
  std::unique_ptr<Backend> backend_;
};

/// Whether `name` stays inside of the archive or folder it is relative to: no "..", no root, no
/// drive, not empty. '\' counts as a separator, as it does on Windows.
bool is_safe_member_name(const std::string& name);

}  // namespace keratin::io
