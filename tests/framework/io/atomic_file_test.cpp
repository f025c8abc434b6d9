#include "../../../framework/io/atomic_file.hpp"

#include <csignal>
#include <fstream>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "../../../framework/io/file_kind.hpp"
#include "../../../framework/io/hdf5.hpp"
#include "../../../framework/io/zip_writer.hpp"
#include "io_support.hpp"

using namespace keratin;
using namespace keratin::io;
namespace fs = std::filesystem;

namespace {

// No file may grow beyond `bytes` while it lives, as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

}  // namespace

TEST_CASE("a file appears at commit, and not without") {
  const TemporaryFolder folder;
  const auto target = folder / "file";
  write_file(target, "old");
  {
    AtomicFile file(target);
    file.write("new");
    CHECK(read_file(target) == "old");
  }
  CHECK(read_file(target) == "old");
  CHECK(folder.file_count() == 1);
  {
    AtomicFile file(target);
    file.write("new");
    file.write("er");
    file.commit();
  }
  CHECK(read_file(target) == "newer");
  CHECK(folder.file_count() == 1);
}

TEST_CASE("permissions and links stay") {
  const TemporaryFolder folder;
  write_file(folder / "file", "old");
  fs::permissions(folder / "file", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("file", folder / "link");
  write_file(folder / "link", "new");
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(read_file(folder / "file") == "new");
  CHECK(fs::status(folder / "file").permissions() ==
        (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("a full disk leaves the old file and no remains") {
  const TemporaryFolder folder;
  const std::string big(1 << 20, 'x');
  auto hdf5 = Hdf5File::create();
  hdf5.write_dataset("x", BasicTensor<float>(empty_tensor<float>({1000, 1000}) * 0.0f));
  const auto write_zip = [&](const fs::path& path) {
    ZipWriter zip(path);
    zip.add("x", big);
    zip.commit();
  };
  write_file(folder / "file", "old");
  {
    const FileSizeLimit limit(100000);
    const std::string expected = "Cannot write " + (folder / "file").string() + ": File too large";
    CHECK(file_error_of([&] { write_file(folder / "file", big); }) == expected);
    CHECK(file_error_of([&] { hdf5.save(folder / "file"); }) == expected);
    CHECK(file_error_of([&] { write_zip(folder / "file"); }) == expected);
  }
  CHECK(read_file(folder / "file") == "old");
  CHECK(folder.file_count() == 1);
  if (fs::exists("/dev/full")) {
    const std::string expected = "Cannot write /dev/full: No space left on device";
    CHECK(file_error_of([&] { write_file("/dev/full", big); }) == expected);
    CHECK(file_error_of([&] { hdf5.save("/dev/full"); }) == expected);
    CHECK(file_error_of([&] { write_zip("/dev/full"); }) == expected);
  }
}

TEST_CASE("what can't be written is said") {
  const TemporaryFolder folder;
  CHECK(contains(file_error_of([&] { write_file(folder / "none/file", ""); }),
                 "none/file: No such file or directory"));
  CHECK(contains(file_error_of([&] { write_file(folder / "", ""); }), "Is a directory"));
  CHECK(contains(file_error_of([&] { read_file(folder / ""); }), "it is a directory"));
  CHECK(contains(file_error_of([&] { read_file(folder / "none"); }), "No such file or directory"));
}

TEST_CASE("files are told by their content") {
  using namespace std::string_view_literals;
  const std::string hdf5 = read_file(io_data("sepconv2d_keras2.h5"));
  CHECK(file_kind(io_data("sepconv2d_keras2.h5")) == FileKind::hdf5);
  CHECK(kind_of_bytes(std::string(1024, '\0') + hdf5) == FileKind::hdf5);
  CHECK(file_kind(io_data("depthwise1d.keras")) == FileKind::zip);
  CHECK(file_kind(io_data("")) == FileKind::directory);
  CHECK(kind_of_bytes(" \n{\"class_name\""sv) == FileKind::json);
  CHECK(kind_of_bytes("{}"sv) == FileKind::json);
  CHECK(kind_of_bytes("{'a'"sv) == FileKind::unknown);
  CHECK(kind_of_bytes("[{\"a\": 1}]"sv) == FileKind::json);
  CHECK(kind_of_bytes("\x93NUMPY\x01"sv) == FileKind::npy);
  CHECK(kind_of_bytes(""sv) == FileKind::empty);
  CHECK(kind_of_bytes("text"sv) == FileKind::unknown);
  const auto pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n"sv;
  CHECK(kind_of_bytes(pointer) == FileKind::git_lfs_pointer);
  CHECK(contains(file_error_of([&] { Hdf5File::from_image(std::string(pointer), "m.h5"); }),
                 "m.h5 is a Git LFS pointer, not the file itself"));
  for (const auto mangled : {"\x89HDF\n\x1a\n"sv, "\x89HDF\r\r\n\x1a\r\n"sv,
                             "\xef\xbf\xbdHDF\r\n\x1a\n"sv, "\xc2\x89HDF\n\x1a\n"sv}) {
    CHECK(kind_of_bytes(mangled) == FileKind::text_mangled_hdf5);
    CHECK(contains(file_error_of([&] { Hdf5File::from_image(std::string(mangled), "m.h5"); }),
                   "damaged by a conversion"));
  }
}
