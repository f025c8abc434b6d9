#include <filesystem>

#include <doctest/doctest.h>

#include "../../../framework/io/hdf5.hpp"
#include "../../support/paths.hpp"

using namespace keratin::io;

namespace {

// Reads every dataset and every attribute that is text or a list of texts.
std::size_t read_everything(const Hdf5File& file, const std::string& group) {
  std::size_t count = 0;
  for (const std::string& name : file.attribute_names(group)) {
    if (name.ends_with("_names")) count += file.string_list_attribute(group, name).size();
    if (name.ends_with("_config")) CHECK(file.string_attribute(group, name).starts_with("{"));
  }
  for (const std::string& name : file.children(group)) {
    const std::string path = group == "/" ? group + name : group + "/" + name;
    if (file.is_group(path)) {
      count += read_everything(file, path);
    } else if (file.dtype(path) != "string") {
      CAPTURE(path);
      CHECK(file.dtype(path) != "unknown");
      CHECK(keratin::shape_of(file.read_dataset<float>(path)) == file.shape(path));
      ++count;
    }
  }
  return count;
}

}  // namespace

TEST_CASE("files that Keras wrote are read whole") {
  const std::filesystem::path shared = keratin::paths::shared("");
  for (const char* folder : {"real", "golden"}) {
    if (!std::filesystem::exists(shared / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(shared / folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".h5" && extension != ".hdf5") continue;
      CAPTURE(entry.path().string());
      CHECK(read_everything(Hdf5File::open(entry.path()), "/") > 0);
    }
  }
}
