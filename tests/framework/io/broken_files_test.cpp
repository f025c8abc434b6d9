#include <cstdlib>

#include <doctest/doctest.h>

#include "../../../framework/io/atomic_file.hpp"
#include "../../../framework/io/hdf5.hpp"
#include "../../../framework/io/zip.hpp"
#include "io_support.hpp"

using namespace keratin;
using namespace keratin::io;

namespace {

template <class Action>
void allow_file_error(const Action& action) {
  try {
    action();
  } catch (const FileError&) {
    // The one exception that a damaged file may cause.
  }
}

// Every object and attribute, each for itself: one that can't be read doesn't keep from the others.
void read_all(const Hdf5File& file) {
  std::vector<std::string> pending{""};
  for (std::size_t i = 0; i < pending.size() && i < 100; ++i) {
    const std::string path = pending[i];
    allow_file_error([&] {
      for (const std::string& name : file.attribute_names(path)) {
        allow_file_error([&] { file.string_list_attribute(path, name); });
        allow_file_error([&] { file.int_attribute(path, name); });
      }
    });
    allow_file_error([&] {
      for (const std::string& name : file.children(path)) pending.push_back(path + "/" + name);
    });
    allow_file_error([&] { file.read_dataset<float>(path); });
    allow_file_error([&] { file.read_strings(path); });
  }
}

// As many places as there is time for; all of them where KERATIN_THOROUGH is set.
std::size_t stride(std::size_t usual) { return std::getenv("KERATIN_THOROUGH") ? 1 : usual; }

const char* const hdf5_files[] = {"sepconv2d_keras2.h5", "depthwise1d_keras3.h5"};

}  // namespace

TEST_CASE("a truncated HDF5 file is refused, or read as far as it goes") {
  for (const char* name : hdf5_files) {
    const std::string bytes = read_file(io_data(name));
    for (std::size_t size = 0; size < bytes.size(); size += stride(13)) {
      CAPTURE(size);
      const auto error =
          file_error_of([&] { read_all(Hdf5File::from_image(bytes.substr(0, size), "x.h5")); });
      CHECK(contains(error, "x.h5"));
    }
  }
  const TemporaryFolder folder;
  const std::string bytes = read_file(io_data(hdf5_files[0]));
  write_file(folder / "x.h5", bytes.substr(0, bytes.size() / 2));
  CHECK(contains(file_error_of([&] { Hdf5File::open(folder / "x.h5"); }),
                 "x.h5: truncated or corrupt HDF5 file: it has 6056 of its 12112 bytes"));
}

TEST_CASE("an HDF5 file with any byte changed is refused or read") {
  for (const char* name : hdf5_files) {
    const std::string bytes = read_file(io_data(name));
    for (std::size_t i = 0; i < bytes.size(); i += stride(11)) {
      for (const int flip : {1, 0x80, 0xff}) {
        CAPTURE(i);
        CAPTURE(flip);
        std::string changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ flip);
        allow_file_error([&] { read_all(Hdf5File::from_image(std::move(changed), "x.h5")); });
      }
    }
  }
}

TEST_CASE("a type that cannot be decoded is refused before HDF5 reads the attributes") {
  std::string bytes = read_file(io_data(hdf5_files[0]));
  // The type of a text's characters: the first byte has version and class of the type.
  const std::string character("\x10\0\0\0\x01\0\0\0\0\0\x08\0", 12);
  const std::size_t place = bytes.rfind(character);
  REQUIRE(place != std::string::npos);
  bytes[place] = '\x90';
  CHECK(contains(file_error_of([&] { read_all(Hdf5File::from_image(bytes, "x.h5")); }),
                 "x.h5: truncated or corrupt HDF5 file: a damaged datatype"));
}

TEST_CASE("a zip archive truncated or with any byte changed is refused or gives the same members") {
  const std::string bytes = read_file(io_data("depthwise1d.keras"));
  const auto whole = Archive::from_bytes(bytes, "whole");
  for (std::size_t size = 0; size < bytes.size(); size += stride(13)) {
    CAPTURE(size);
    const std::string error = file_error_of([&] {
      const auto archive = Archive::from_bytes(bytes.substr(0, size), "x.keras");
      for (const auto& member : whole.members()) archive.read(member);
    });
    CHECK(contains(error, "x.keras"));
  }
  for (std::size_t i = 0; i < bytes.size(); i += stride(3)) {
    for (const int flip : {1, 0x80, 0xff}) {
      CAPTURE(i);
      CAPTURE(flip);
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      allow_file_error([&] {
        const auto archive = Archive::from_bytes(std::move(changed), "x.keras");
        for (const auto& member : whole.members()) {
          const bool same = archive.read(member) == whole.read(member);
          CHECK(same);
        }
      });
    }
  }
}
