#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "../../../framework/io/atomic_file.hpp"
#include "../../../framework/io/hdf5.hpp"
#include "io_support.hpp"

using namespace keratin;
using namespace keratin::io;

namespace {

template <class T>
BasicTensor<T> counting(const Shape& shape) {
  auto tensor = empty_tensor<T>(shape);
  for (std::size_t i = 0; i < tensor.size(); ++i) tensor.data()[i] = static_cast<T>(i);
  return tensor;
}

// The file as it is after being brought to bytes and back.
Hdf5File reopened(const Hdf5File& file) { return Hdf5File::from_image(file.image(), "reopened"); }

template <class T>
void check_round_trip(const std::string& dtype) {
  CAPTURE(dtype);
  auto file = Hdf5File::create();
  for (const Shape& shape : {Shape{}, Shape{4}, Shape{2, 0, 3}, Shape{3, 1, 2, 2}}) {
    const std::string path = concat("/a/b", shape.size());
    file.write_dataset(path, counting<T>(shape));
    const auto again = reopened(file);
    CHECK(again.dtype(path) == dtype);
    CHECK(again.shape(path) == shape);
    CHECK(again.read_dataset<T>(path) == counting<T>(shape));
  }
}

}  // namespace

TEST_CASE("datasets of every type come back as they were") {
  check_round_trip<float>("float32");
  check_round_trip<double>("float64");
  check_round_trip<std::int8_t>("int8");
  check_round_trip<std::int32_t>("int32");
  check_round_trip<std::int64_t>("int64");
  check_round_trip<std::uint8_t>("uint8");
  check_round_trip<std::uint32_t>("uint32");
  check_round_trip<std::uint64_t>("uint64");
}

TEST_CASE("float32 keeps its bits, special values too") {
  BasicTensor<float> tensor = {0.1f, -0.0f, std::numeric_limits<float>::infinity(), 1e-45f,
                               std::nanf("")};
  auto file = Hdf5File::create();
  file.write_dataset("x", tensor);
  const auto again = reopened(file).read_dataset<float>("x");
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    CHECK(std::bit_cast<std::uint32_t>(again(i)) == std::bit_cast<std::uint32_t>(tensor(i)));
  }
}

TEST_CASE("tensors are stored in the type asked for") {
  const BasicTensor<double> tensor = {0.0, 1.0, -2.5, 1.0 + 0x1p-11 + 0x1p-40, 1e6};
  auto file = Hdf5File::create();
  for (const char* dtype : {"float16", "bfloat16", "bool", "float32", "int64"}) {
    file.write_dataset(std::string("/x/") + dtype, tensor, dtype);
  }
  const auto again = reopened(file);
  for (const char* dtype : {"float16", "bfloat16", "bool", "float32", "int64"}) {
    CHECK(again.dtype(std::string("/x/") + dtype) == dtype);
  }
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(again.read_dataset<double>("/x/float16") ==
        BasicTensor<double>{0.0, 1.0, -2.5, 1.0 + 0x1p-10, infinity});
  CHECK(again.read_dataset<double>("/x/bfloat16") ==
        BasicTensor<double>{0.0, 1.0, -2.5, 1.0, 999424.0});
  CHECK(again.read_dataset<double>("/x/bool") == BasicTensor<double>{0, 1, 1, 1, 1});
  CHECK(again.read_dataset<double>("/x/int64") == BasicTensor<double>{0, 1, -2, 1, 1e6});
  CHECK_THROWS_WITH_AS(file.write_dataset("/y", tensor, "float8"),
                       "dataset '/y': `dtype` can't be stored. Received: float8", ValueError);
}

TEST_CASE("attributes come back as they were, and are replaced") {
  auto file = Hdf5File::create("model");
  file.create_group("/a/b");
  file.create_group("/a/b");
  const std::string long_text(200000, 'x');
  file.write_attribute("/", "model_config", long_text, Hdf5File::Encoding::ascii);
  file.write_attribute("/a/b", "name", "first");
  file.write_attribute("/a/b", "name",
                       "Gr\xc3\xb6\xc3\x9f"
                       "e");
  file.write_attribute("/a/b", "int", std::int64_t{-3});
  file.write_attribute("/a/b", "float", 0.25);
  const auto again = reopened(file);
  CHECK(again.string_attribute("/", "model_config") == long_text);
  CHECK(again.string_attribute("/a/b", "name") ==
        "Gr\xc3\xb6\xc3\x9f"
        "e");
  CHECK(again.int_attribute("a/b", "int") == -3);
  CHECK(again.float_attribute("a/b", "float") == 0.25);
  CHECK(file_error_of([&] { file.write_attribute("/none", "x", "y"); }) ==
        "model: object '/none': there is no such object");
  CHECK_THROWS_AS(file.write_attribute("/", "x", std::string("a\0b", 3)), ValueError);
}

TEST_CASE("lists of texts are split as Keras splits them") {
  auto file = Hdf5File::create();
  std::vector<std::string> few{"dense", "conv2d", ""}, many;
  for (int i = 0; i < 700; ++i) many.push_back(concat(std::string(120, 'a'), i));
  file.write_string_list("/", "few", few);
  file.write_string_list("/", "none", {});
  file.write_string_list("/", "many", many);
  const auto again = reopened(file);
  CHECK(again.string_list_attribute("/", "few") == few);
  CHECK(again.string_list_attribute("/", "none").empty());
  CHECK(again.string_list_attribute("/", "many") == many);
  // 700 x 123 bytes: two chunks of 350.
  CHECK(!again.has_attribute("/", "many"));
  CHECK(again.has_attribute("/", "many1"));
  CHECK(!again.has_attribute("/", "many2"));
  CHECK(again.string_list_attribute("/", "many0") ==
        std::vector<std::string>(many.begin(), many.begin() + 350));
  CHECK_THROWS_AS(file.write_string_list("/", "x", {std::string(64513, 'a')}), ValueError);
}

TEST_CASE("a file is written as h5py writes it, and the same each time") {
  const auto bytes = [] {
    auto file = Hdf5File::create();
    file.write_dataset("/layers/dense/vars/0", counting<float>({3, 2}));
    file.write_attribute("/layers/dense/vars", "name", "dense");
    return file.image();
  };
  const std::string image = bytes();
  CHECK(image == bytes());
  CHECK(image[8] == 0);            // the superblock's version
  CHECK(contains(image, "SNOD"));  // a node of a symbol table
}

TEST_CASE("errors while writing name the object") {
  auto file = Hdf5File::create("model");
  file.write_dataset("/x", counting<float>({2}));
  CHECK(contains(file_error_of([&] { file.write_dataset("/x", counting<float>({2})); }),
                 "model: dataset '/x': "));
  CHECK(contains(file_error_of([&] { file.write_dataset("/x/y", counting<float>({2})); }),
                 "model: dataset '/x/y': "));
  CHECK(contains(file_error_of([&] { file.create_group("/x"); }),
                 "model: group '/x': it is a dataset"));
  auto read_only = Hdf5File::open(io_data("forms.h5"));
  CHECK(contains(file_error_of([&] { read_only.write_dataset("/x", counting<float>({2})); }),
                 "forms.h5: dataset '/x': "));
}

TEST_CASE("a saved file replaces the old one") {
  const TemporaryFolder folder;
  auto file = Hdf5File::create();
  file.write_dataset("/x", counting<float>({2}));
  write_file(folder / "x.h5", "old");
  file.save(folder / "x.h5");
  CHECK(Hdf5File::open(folder / "x.h5").read_dataset<float>("/x") == counting<float>({2}));
  file.write_dataset("/y", counting<float>({300, 1000}));
  file.save(folder / "x.h5");
  CHECK(Hdf5File::open(folder / "x.h5").datasets() == std::vector<std::string>{"/x", "/y"});
  CHECK(folder.file_count() == 1);
}
