#include "../../../framework/io/npy.hpp"

#include <doctest/doctest.h>

#include "../../../framework/io/atomic_file.hpp"
#include "io_support.hpp"

using namespace keratin;
using namespace keratin::io;
using namespace std::string_literals;

namespace {

std::string npy(const std::string& header, const std::string& data) {
  return "\x93NUMPY\x01\0"s + static_cast<char>(header.size()) + "\0"s + header + data;
}

template <class T>
void check_forms() {
  const auto arrays = read_npz<T>(io_data("arrays.npz"));
  CHECK(arrays.size() == 29);
  for (const auto& entry : arrays) {
    const std::string& name = entry.first;
    const auto& array = entry.second;
    CAPTURE(name);
    if (name.starts_with("all_")) {
      REQUIRE(shape_of(array) == Shape{2, 3, 2});
      for (std::size_t i = 0; i < 12; ++i) CHECK(array.data()[i] == static_cast<T>(i));
    }
  }
  CHECK(shape_of(arrays.at("scalar")).empty());
  CHECK(arrays.at("scalar").data()[0] == T(7));
  CHECK(shape_of(arrays.at("empty")) == Shape{0, 3});
  CHECK(arrays.at("bool") == BasicTensor<T>{1, 0});
}

}  // namespace

TEST_CASE("arrays of every form are converted") {
  check_forms<float>();
  check_forms<double>();
  check_forms<std::int32_t>();
  check_forms<std::int64_t>();
  check_forms<std::uint8_t>();
  const auto clipped = read_npz<std::uint8_t>(io_data("arrays.npz")).at("range");
  CHECK(clipped == BasicTensor<std::uint8_t>{0, 0, 255, 255});
}

TEST_CASE("arrays come back as they were") {
  const TemporaryFolder folder;
  for (const Shape& shape : {Shape{}, Shape{5}, Shape{0, 2}, Shape{2, 3, 4}}) {
    auto tensor = empty_tensor<float>(shape);
    for (std::size_t i = 0; i < tensor.size(); ++i) tensor.data()[i] = 0.1f * float(i);
    write_npy(folder / "x.npy", tensor);
    const std::string bytes = read_file(folder / "x.npy");
    CHECK(npy_header(bytes, "x").data_offset % 64 == 0);
    CHECK(npy_header(bytes, "x").descr == "<f4");
    CHECK(read_npy<float>(folder / "x.npy") == tensor);
  }
  const BasicTensor<std::uint8_t> bytes = {1, 2, 255};
  write_npy(folder / "x.npy", bytes);
  CHECK(read_npy<std::uint8_t>(folder / "x.npy") == bytes);
}

TEST_CASE("broken arrays are refused with the reason") {
  const auto error = [](const std::string& bytes) {
    return file_error_of([&] { parse_npy<float>(bytes, "x.npy"); });
  };
  const std::string start = "x.npy: cannot be read as a NumPy array: ";
  const std::string rest = "', 'fortran_order': False, 'shape': (2,), }\n";
  CHECK(error(npy("{'descr': '<f4" + rest, std::string(8, '\0'))).empty());
  CHECK(error(npy("{'descr': '<f4" + rest, std::string(7, '\0'))) ==
        start + "it is truncated: shape (2,) has 2 elements, found 1");
  CHECK(error("PK") == start + "it does not begin as one");
  CHECK(error("\x93NUMPY\x04\0\x10\0"s) == start + "its version is unknown");
  CHECK(error(npy("{'descr': '|O" + rest, "")) ==
        start + "it holds Python objects (a pickle), which are not read");
  CHECK(error(npy("{'descr': '<c8" + rest, "")) ==
        start + "elements of type '<c8' are not read; expected numbers");
  CHECK(error(npy("{'descr': '" + rest, "")) ==
        start + "elements of type '' are not read; expected numbers");
  CHECK(error(npy("{'descr': [('a', '<f4')], }", "")) == start + "arrays of records are not read");
  CHECK(error(npy("{'descr': '<f4', 'shape': (2,)}", "")) == start + "its header is incomplete");
  const std::string big = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  CHECK(contains(error(npy(big + "0, 4611686018427387904, 16)}", "")), "absurd shape"));
  CHECK(contains(error(npy(big + "99999999999999999999,)}", "")), "absurd shape"));
  CHECK(contains(error(npy(big + "-1,)}", "")), "its header is damaged"));
}

TEST_CASE("an array with any byte changed or cut off reads or is refused") {
  const std::string bytes =
      npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }\n", std::string(8, '\1'));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    CHECK(file_error_of([&] { parse_npy<float>(bytes.substr(0, i), "x"); }) != "");
    for (int flip = 1; flip < 256; ++flip) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      file_error_of([&] { parse_npy<float>(changed, "x"); });
    }
  }
}
