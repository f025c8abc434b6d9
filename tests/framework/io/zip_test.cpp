#include "../../../framework/io/zip.hpp"

#include <doctest/doctest.h>

#include "../../../framework/io/atomic_file.hpp"
#include "../../../framework/io/hdf5.hpp"
#include "../../../framework/io/zip_writer.hpp"
#include "io_support.hpp"

using namespace keratin;
using namespace keratin::io;
namespace fs = std::filesystem;

namespace {

const std::vector<std::string> keras_members = {"metadata.json", "config.json", "model.weights.h5"};

}  // namespace

TEST_CASE("a .keras file and its unpacked folder read alike") {
  const auto archive = Archive::open(io_data("depthwise1d.keras"));
  CHECK(archive.members() == keras_members);
  CHECK(archive.has("config.json"));
  CHECK(!archive.has("none"));
  CHECK(contains(archive.read("metadata.json"), "keras_version"));
  const TemporaryFolder folder;
  fs::create_directories(folder / "assets");
  write_file(folder / "assets/vocabulary.txt", "a\nb\n");
  for (const auto& member : keras_members) write_file(folder / member, archive.read(member));
  const auto unpacked = Archive::open(folder / "");
  CHECK(unpacked.members() == std::vector<std::string>{"assets/vocabulary.txt", "config.json",
                                                       "metadata.json", "model.weights.h5"});
  for (const auto& member : keras_members) CHECK(unpacked.read(member) == archive.read(member));
  CHECK(!unpacked.has("assets"));
  CHECK(!unpacked.has("assets/../../x"));
  CHECK(contains(file_error_of([&] { unpacked.read("none"); }), "member 'none': there is no such"));
  CHECK(contains(file_error_of([&] { archive.read("none"); }), "member 'none': there is no such"));
}

TEST_CASE("an archive is written to the byte as Keras writes it") {
  const std::string original = read_file(io_data("depthwise1d.keras"));
  const auto archive = Archive::from_bytes(original, "original");
  const TemporaryFolder folder;
  ZipWriter writer(folder / "x.keras");
  for (const auto& member : keras_members) {
    const bool is_text = member != "model.weights.h5";
    writer.add(member, archive.read(member),
               is_text ? ZipWriter::Date::year_1980 : ZipWriter::Date::now);
  }
  writer.commit();
  std::string written = read_file(folder / "x.keras");
  REQUIRE(written.size() == original.size());
  // The weights are dated in their own header and in the directory, before their name.
  const std::size_t header = written.find("model.weights.h5"),
                    entry = written.rfind("model.weights.h5");
  for (const std::size_t at : {header - 20, entry - 34}) written.replace(at, 4, original, at, 4);
  CHECK(written == original);
}

TEST_CASE("members of every size come back") {
  const TemporaryFolder folder;
  std::string big(3 << 20, '\0');
  for (std::size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>(i * i >> 7);
  {
    ZipWriter writer(folder / "x.zip");
    writer.add("empty", "");
    writer.add("assets/layers/\xc3\xa9", "x");
    for (std::size_t size = 1; size < 20; ++size) writer.add(concat(size), big.substr(0, size));
    writer.add("big", big);
    CHECK_THROWS_AS(writer.add("big", ""), ValueError);
    for (const char* name : {"", "../x", "/x", "a/../../x", "C:x", "a\\..\\..\\x"}) {
      CHECK_THROWS_AS(writer.add(name, ""), ValueError);
    }
    writer.commit();
  }
  const auto archive = Archive::open(folder / "x.zip");
  CHECK(archive.read("empty").empty());
  CHECK(archive.read("assets/layers/\xc3\xa9") == "x");
  for (std::size_t size = 1; size < 20; ++size) {
    CHECK(archive.read(concat(size)) == big.substr(0, size));
  }
  CHECK(archive.read("big") == big);
}

TEST_CASE("deflated members are read, hostile archives are refused") {
  CHECK(Archive::open(io_data("deflated.zip")).read("zeros") == std::string(100000, '\0'));
  CHECK(contains(file_error_of([] { Archive::open(io_data("bomb.zip")).read("zeros"); }),
                 "member 'zeros': refused as a decompression bomb"));
  CHECK(contains(file_error_of([] { Archive::open(io_data("duplicate.zip")); }),
                 "two members of one name: 'config.json'"));
  CHECK(contains(file_error_of([] { Archive::open(io_data("traversal.zip")); }),
                 "a member that leads out of it: '../config.json'"));
  CHECK(contains(file_error_of([] { Archive::open(io_data("forms.h5")); }),
                 "forms.h5 is an HDF5 file; expected a zip archive"));
}
