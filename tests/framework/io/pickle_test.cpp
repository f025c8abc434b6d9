#include "../../../framework/io/pickle.hpp"

#include <doctest/doctest.h>

#include "../../../framework/io/zip.hpp"
#include "io_support.hpp"

namespace keratin::io {
namespace {

/// The pickle in one of the archives of tests/data, of a layer with four variables.
std::string pickle_of(const std::string& name, std::string& npy) {
  const Archive keras = Archive::open(paths::data("keras/npz/" + name));
  const Archive npz = Archive::from_bytes(keras.read("model.weights.npz"), name);
  npy = npz.read(npz.members()[0]);
  return npy.substr(npy_header(npy, name).data_offset);
}

}  // namespace

TEST_CASE("Pickled dictionaries of arrays") {
  for (const char* name : {"protocol3.keras", "protocol4.keras"}) {
    CAPTURE(name);
    std::string npy;
    const std::string bytes = pickle_of(name, npy);
    const auto arrays = read_pickled_arrays(bytes, name);
    REQUIRE(arrays.size() == 4);
    CHECK(arrays.at("0").header.descr == "<f4");
    CHECK(arrays.at("0").header.shape.size() == 1);
    CHECK(arrays.at("0").elements.size() ==
          4 * static_cast<std::size_t>(arrays.at("0").header.shape[0]));
  }
}

TEST_CASE("Pickles that are cut off or changed are FileErrors or arrays") {
  for (const char* name : {"protocol3.keras", "protocol4.keras"}) {
    std::string npy;
    const std::string bytes = pickle_of(name, npy);
    for (std::size_t length = 0; length < bytes.size(); ++length)
      CHECK_THROWS_AS(read_pickled_arrays(bytes.substr(0, length), name), FileError);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      for (const int change : {0, 1, 0x28, 0x62, 0x80, 0xff}) {
        std::string changed = bytes;
        changed[at] = static_cast<char>(change);
        try {
          read_pickled_arrays(changed, name);
        } catch (const FileError&) {
        }
      }
    }
  }
}

TEST_CASE("Pickles run nothing") {
  const auto reason = [](const std::string& bytes) {
    return file_error_of([&] { read_pickled_arrays(bytes, "p"); });
  };
  CHECK(reason("cposix\nsystem\n(S'true'\ntR.") ==
        "p: cannot be read as pickled arrays: it would call posix.system, and code from files is "
        "never executed");
  CHECK(reason("cnumpy\nload\n.") ==
        "p: cannot be read as pickled arrays: it would call numpy.load, and code from files is "
        "never executed");
  CHECK(reason("\x80\x63.") ==
        "p: cannot be read as pickled arrays: its protocol is 99, newer than 5");
  CHECK(reason("N.") == "p: cannot be read as pickled arrays: it holds no dictionary");
  CHECK(reason("i") ==
        "p: cannot be read as pickled arrays: it holds an instruction (105) that no dictionary of "
        "arrays needs");
  CHECK(reason("}q\x05h\x05h\x05s.") ==
        "p: cannot be read as pickled arrays: its dictionary holds something else than arrays by "
        "name");
  // A dictionary within itself.
  CHECK(reason("}q\x01X\x01" + std::string(3, '\0') + "ah\x01s.") ==
        "p: cannot be read as pickled arrays: its dictionary holds something else than arrays by "
        "name");
}

}  // namespace keratin::io
