#include "../../../framework/io/hdf5.hpp"

#include <doctest/doctest.h>

#include "io_support.hpp"

using namespace keratin;
using namespace keratin::io;

namespace {

template <class T>
void check_numbers(const Hdf5File& file) {
  for (const char* dtype : {"float16", "float32", "float64", "int8", "int16", "int32", "int64",
                            "uint8", "uint16", "uint32", "uint64", "bfloat16"}) {
    CAPTURE(dtype);
    const std::string path = std::string("/numbers/") + dtype;
    CHECK(file.dtype(path) == dtype);
    CHECK(file.shape(path) == Shape{2, 3});
    const auto tensor = file.read_dataset<T>(path);
    REQUIRE(shape_of(tensor) == Shape{2, 3});
    for (std::size_t i = 0; i < 6; ++i) CHECK(tensor.data()[i] == static_cast<T>(i));
  }
  for (const char* name : {"big_endian", "chunked", "compact"}) {
    CAPTURE(name);
    const auto tensor = file.read_dataset<T>(std::string("numbers/") + name);
    for (std::size_t i = 0; i < 6; ++i) CHECK(tensor.data()[i] == static_cast<T>(i));
  }
  CHECK(file.dtype("/numbers/bool") == "bool");
  const auto truths = file.read_dataset<T>("/numbers/bool");
  CHECK(truths.data()[0] == T(1));
  CHECK(truths.data()[1] == T(0));
  CHECK(file.shape("/numbers/scalar").empty());
  CHECK(file.read_dataset<T>("/numbers/scalar").data()[0] == T(7));
  CHECK(file.read_dataset<T>("/numbers/empty").size() == 0);
}

}  // namespace

TEST_CASE("numbers of every stored type are converted") {
  const auto file = Hdf5File::open(io_data("forms.h5"));
  check_numbers<float>(file);
  check_numbers<double>(file);
  check_numbers<std::int8_t>(file);
  check_numbers<std::uint8_t>(file);
  check_numbers<std::int64_t>(file);
}

TEST_CASE("texts of every form are read") {
  const auto file = Hdf5File::open(io_data("forms.h5"));
  for (const char* name : {"fixed_ascii", "fixed_utf8", "variable_ascii", "variable_utf8"}) {
    CAPTURE(name);
    CHECK(file.string_attribute("/texts", name) == "abc");
    const auto list = file.string_list_attribute("/texts", std::string(name) + "_list");
    CHECK(list == std::vector<std::string>{"a", "bcd", ""});
  }
  CHECK(file.string_attribute("texts", "umlaut") ==
        "Gr\xc3\xb6\xc3\x9f"
        "e");
  CHECK(file.string_attribute("texts", "long").size() == 100000);
  CHECK(file.string_list_attribute("texts", "empty_list").empty());
  CHECK(file.string_attribute("texts", "null").empty());
  CHECK(file.read_strings("texts/vocabulary") == std::vector<std::string>{"one", "two"});
  CHECK(file.int_attribute("texts", "int") == 5);
  CHECK(file.float_attribute("texts", "float") == 0.5);
  CHECK(file.has_attribute("texts", "int"));
  CHECK(!file.has_attribute("texts", "nothing"));
  CHECK(file.attribute_names("numbers/bfloat16") == std::vector<std::string>{"dtype"});
}

TEST_CASE("groups list their children") {
  const auto file = Hdf5File::open(io_data("forms.h5"));
  CHECK(file.children("/order") == std::vector<std::string>{"a", "b", "c"});
  CHECK(file.children("/order", Hdf5File::Order::creation) ==
        std::vector<std::string>{"b", "c", "a"});
  CHECK(file.datasets("/texts") == std::vector<std::string>{"/texts/vocabulary"});
  CHECK(file.has("/texts/vocabulary"));
  CHECK(file.is_dataset("texts/vocabulary"));
  CHECK(file.is_group("/texts"));
  CHECK(!file.is_group("texts/vocabulary"));
  CHECK(!file.has("texts/vocabulary/below"));
  CHECK(!file.has("/none/below"));
}

TEST_CASE("errors name the file, the object and the reason") {
  const auto file = Hdf5File::open(io_data("forms.h5"));
  const std::string name = io_data("forms.h5").string();
  const auto read = [&](const char* path) {
    return file_error_of([&] { file.read_dataset<float>(path); });
  };
  CHECK(read("/none") == name + ": dataset '/none': there is no such object");
  CHECK(read("/texts") == name + ": dataset '/texts': it is a group");
  CHECK(read("/texts/vocabulary") ==
        name + ": dataset '/texts/vocabulary': expected numbers, found elements of text");
  CHECK(file_error_of([&] { file.string_attribute("/texts", "none"); }) ==
        name + ": attribute 'none' of '/texts': there is no such attribute");
  CHECK(file_error_of([&] { file.string_attribute("/texts", "int"); }) ==
        name + ": attribute 'int' of '/texts': expected text");
  CHECK(file_error_of([&] { file.int_attribute("/texts", "long"); }) ==
        name + ": attribute 'long' of '/texts': expected one number");
  CHECK(file_error_of([] { Hdf5File::open("none.h5"); }) ==
        "Cannot open none.h5: No such file or directory");
}

TEST_CASE("links and storage that lead to other files are refused") {
  const auto file = Hdf5File::open(io_data("hostile.h5"));
  const auto read = [&](const char* path) {
    return file_error_of([&] { file.read_dataset<float>(path); });
  };
  CHECK(contains(read("/soft"), "'soft' is a soft link"));
  CHECK(contains(read("/external"), "'external' is an external link"));
  CHECK(contains(read("/virtual"), "virtual dataset"));
  CHECK(contains(read("/storage"), "external storage"));
  CHECK(contains(read("/bomb"), "decompression bomb"));
  CHECK(contains(read("/unallocated"), "decompression bomb"));
  CHECK(file.datasets("/cycle") == std::vector<std::string>{"/cycle/x"});
}
