#include <cstddef>
#include <cstdint>
#include <string>

#include <keratin/framework/base/error.hpp>
#include <keratin/framework/io/zip.hpp>

// Every member of a zip archive.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  try {
    const auto archive = keratin::io::Archive::from_bytes(std::move(bytes), "x.keras");
    for (const std::string& member : archive.members()) {
      try {
        archive.read(member);
      } catch (const keratin::FileError&) {
        // One member that is broken; the others are still there.
      }
    }
  } catch (const keratin::FileError&) {
    // The one exception that a broken file may cause.
  }
  return 0;
}
