#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <keratin/framework/base/error.hpp>
#include <keratin/framework/io/hdf5.hpp>

// Everything that can be read of an HDF5 file.

namespace {

template <class Action>
void allow_file_error(const Action& action) {
  try {
    action();
  } catch (const keratin::FileError&) {
    // The one exception that a broken file may cause.
  }
}

void read_all(const keratin::io::Hdf5File& file) {
  std::vector<std::string> pending{""};
  for (std::size_t i = 0; i < pending.size() && i < 200; ++i) {
    const std::string path = pending[i];
    allow_file_error([&] {
      for (const std::string& name : file.attribute_names(path)) {
        allow_file_error([&] { file.string_list_attribute(path, name); });
        allow_file_error([&] { file.int_attribute(path, name); });
        allow_file_error([&] { file.float_attribute(path, name); });
      }
    });
    allow_file_error([&] {
      for (const std::string& name : file.children(path)) pending.push_back(path + "/" + name);
    });
    allow_file_error([&] { file.dtype(path); });
    allow_file_error([&] { file.read_dataset<float>(path); });
    allow_file_error([&] { file.read_strings(path); });
  }
  allow_file_error([&] { file.datasets(); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  allow_file_error([&] { read_all(keratin::io::Hdf5File::from_image(std::move(bytes), "x.h5")); });
  return 0;
}
