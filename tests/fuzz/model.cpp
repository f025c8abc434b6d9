#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

#include <keratin/framework/base/error.hpp>
#include <keratin/training/saving/load_model.hpp>

// A whole file: zip archive or HDF5, architecture, weights, settings and state of the optimizer.

namespace {

/// Names a file of this process in memory, so that nothing wears out.
std::string file_name() {
  const char* const folder = std::filesystem::exists("/dev/shm") ? "/dev/shm" : "/tmp";
  return keratin::concat(folder, "/keratin-fuzz-", ::getpid());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path = file_name();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  try {
    keratin::load_model(path);
  } catch (const keratin::Error&) {
    // The one exception that a broken file may cause.
  }
  std::filesystem::remove(path);
  return 0;
}
