#include <csignal>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../../../framework/base/error.hpp"
#include "../../../framework/input_layer.hpp"
#include "../../../framework/io/atomic_file.hpp"
#include "../../../layers/core/dense.hpp"
#include "../../../training/saving/load_function.hpp"
#include "../../../training/saving/save_function.hpp"
#include "../../framework/io/io_support.hpp"

// Saving gives the old file or the new one. That a killed process leaves the old one is tested with
// the program: tests/cli/convert_test.cpp.

namespace keratin::inline KERATIN_VARIANT {
namespace {

namespace fs = std::filesystem;

std::shared_ptr<Function> model_of(Dim units) {
  const auto input = Input({30});
  return std::make_shared<Function>(SymbolicTensors{input},
                                    SymbolicTensors{layers::Dense({.units = units})(input)});
}

/// No file may grow beyond `bytes` while this lives: what a full disk does.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = SIG_DFL;
};

std::string error_of(const Function& function, const fs::path& path) {
  try {
    const bool is_weights = path.string().ends_with(".weights.h5");
    is_weights ? save_weights(function, path) : save_function(function, path);
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("Where the disk is full, the old file stays and nothing else is left") {
  for (const char* name : {"model.keras", "model.h5", "model.weights.h5", "model.json"}) {
    CAPTURE(name);
    const io::TemporaryFolder folder;
    const fs::path path = folder / name;
    REQUIRE(error_of(*model_of(2), path) == "");
    const std::string before = io::read_file(path);
    const auto large = model_of(200);
    for (const rlim_t bytes : {0, 1, 100, 500}) {
      CAPTURE(bytes);
      const FileSizeLimit limit(bytes);
      CHECK(io::contains(error_of(*large, path), path.string()));
    }
    CHECK(io::read_file(path) == before);
    CHECK(std::distance(fs::directory_iterator(folder / ""), fs::directory_iterator()) == 1);
    CHECK(error_of(*large, path) == "");
    CHECK(io::read_file(path) != before);
  }
}

TEST_CASE("A device that is full is an error") {
  if (!fs::exists("/dev/full")) return;
  const io::TemporaryFolder folder;
  for (const char* name : {"model.keras", "model.h5", "model.weights.h5"}) {
    CAPTURE(name);
    fs::create_symlink("/dev/full", folder / name);
    CHECK(io::contains(error_of(*model_of(2), folder / name), "No space left on device"));
  }
}

TEST_CASE("A model that cannot be written leaves the old file") {
  const io::TemporaryFolder folder;
  const fs::path path = folder / "model.keras";
  REQUIRE(error_of(*model_of(2), path) == "");
  const std::string before = io::read_file(path);
  CHECK_THROWS_AS(save_function(*model_of(3), path, {.keras_version = "1.2"}), ValueError);
  CHECK(io::read_file(path) == before);
  fs::permissions(folder / "", fs::perms::owner_read | fs::perms::owner_exec);
  // Root may write anywhere.
  if (::geteuid() != 0) CHECK(error_of(*model_of(3), path) != "");
  fs::permissions(folder / "", fs::perms::owner_all);
}

}  // namespace keratin::inline KERATIN_VARIANT
