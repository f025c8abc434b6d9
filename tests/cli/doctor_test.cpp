#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "program.hpp"

namespace keratin::cli {

TEST_CASE("keratin doctor explains itself") { check_usage("doctor", {"FILE", "--fix"}); }

TEST_CASE("keratin doctor says which Keras opens a file, and what stops the others") {
  const Result found = run("doctor " + data("dense.keras"));
  CHECK(found.status == 0);
  CHECK(found.err == "");
  CHECK(io::contains(found.out,
                     "dense.keras: a whole model in the .keras format, written by Keras 3.15.1\n"));
  CHECK(io::contains(found.out,
                     "tf.keras 2.15: stops with TypeError: Could not deserialize class "
                     "'Functional' because its parent module keras.src.models.functional "
                     "cannot be imported.\n"));
  CHECK(io::contains(found.out, "Keras 3.15: opens it\n"));
  CHECK(
      io::contains(found.out, "Keras 3.13 to 3.14: stops with TypeError: <class 'GlorotUniform'>"));
  CHECK(io::contains(run("doctor " + data("cnn_keras3_3.keras")).out,
                     "Keras 3.0 to 3.15: opens it\n"));
  CHECK(io::contains(run("doctor " + data("cnn_keras3_9.keras")).out,
                     "Keras 3.0 to 3.15: opens it\n"));
}

TEST_CASE("keratin doctor knows what stops Keras 3 at a file of tf.keras") {
  const io::TemporaryFolder folder;
  const std::string old = (folder / "old.h5").string(), fixed = (folder / "fixed.keras").string();
  REQUIRE(run(concat("convert ", data("cnn_keras3_9.keras"), " ", old, " --keras-version 2.15"))
              .status == 0);
  const Result found = run(concat("doctor ", old, " --fix ", fixed));
  CHECK(found.status == 0);
  CHECK(io::contains(found.out, "tf.keras 2.15: opens it\n"));
  CHECK(io::contains(found.out,
                     "Keras 3.0 to 3.15: stops with ValueError: Unrecognized keyword "
                     "arguments passed to SeparableConv2D: {'groups': 1}\n"));
  CHECK(io::contains(found.out, "fixed.keras: a whole model in the .keras format"));
  const Result repaired = run("doctor " + fixed);
  CHECK(io::contains(repaired.out, "Keras 3.0 to 3.15: opens it\n"));
  CHECK(run(concat("verify ", fixed, " ", data("cnn_keras3_9.io.h5"))).status == 0);
}

TEST_CASE("keratin doctor tells weights, other files and wrong names") {
  const io::TemporaryFolder folder;
  const std::string weights = (folder / "model.weights.h5").string();
  REQUIRE(run(concat("convert ", data("dense.keras"), " ", weights)).status == 0);
  CHECK(io::contains(run("doctor " + weights).out, "weights without an architecture"));
  const std::string misnamed = (folder / "model.keras").string();
  std::filesystem::copy_file(data("dense.h5"), misnamed);
  const Result found = run("doctor " + misnamed);
  CHECK(io::contains(found.out, "a whole model in the legacy .h5 format"));
  CHECK(io::contains(found.out, "remark: The name ends in .keras, but the file is no zip archive"));
  const std::string pointer = (folder / "lfs.h5").string();
  io::write_file(pointer, "version https://git-lfs.github.com/spec/v1\noid sha256:0\n");
  const Result other = run("doctor " + pointer);
  CHECK(other.status == 1);
  CHECK(is_one_line(other.err));
  CHECK(io::contains(other.err, "git lfs pull"));
}

}  // namespace keratin::cli
