#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "program.hpp"

namespace keratin::cli {
namespace fs = std::filesystem;

TEST_CASE("keratin convert explains itself") {
  check_usage("convert", {"IN", "OUT", "--keras-version", "--architecture", "2.15"});
}

TEST_CASE("keratin convert writes every format for the Keras named") {
  const io::TemporaryFolder folder;
  const std::string source = data("dense.keras");
  for (const char* name : {"model.keras", "model.h5", "model.hdf5"}) {
    for (const char* version : {"", "2.15", "3.0", "3.9.2", "3.15"}) {
      CAPTURE(name);
      CAPTURE(version);
      const std::string out = (folder / name).string();
      const Result result =
          run(concat("convert ", source, " ", out, *version ? " --keras-version " : "", version));
      CHECK(result.err == "");
      REQUIRE(result.status == 0);
      const Result same = run(concat("verify ", out, " ", data("dense.io.h5")));
      CHECK(same.status == 0);
      const Result seen = run(concat("inspect ", out));
      CHECK(io::contains(seen.out, concat("Keras: ", *version ? version : "3.0")));
    }
  }
}

TEST_CASE("keratin convert takes a model apart and puts it together") {
  const io::TemporaryFolder folder;
  const std::string source = data("dense.keras"), json = (folder / "model.json").string(),
                    weights = (folder / "model.weights.h5").string(),
                    whole = (folder / "whole.keras").string();
  CHECK(run(concat("convert ", source, " ", json)).status == 0);
  CHECK(run(concat("convert ", source, " ", weights)).status == 0);
  CHECK(run(concat("convert ", weights, " ", whole, " --architecture ", json)).status == 0);
  const Result same = run(concat("diff ", source, " ", whole));
  CHECK(same.status == 0);
  CHECK(same.out == "the same: architecture, arguments and 2 weights\n");
  const std::string old = (folder / "old.json").string();
  CHECK(run(concat("convert ", json, " ", old, " --keras-version 2.15")).status == 0);
  CHECK(io::contains(io::read_file(old), "batch_input_shape"));
}

TEST_CASE("keratin convert says what it can't do") {
  const io::TemporaryFolder folder;
  const auto error = [&](const std::string& arguments) {
    const Result result = run("convert " + arguments);
    CHECK(result.status == 1);
    CHECK(result.out.empty());
    CHECK(is_one_line(result.err));
    return result.err;
  };
  const std::string source = data("dense.keras"), out = (folder / "model.keras").string();
  CHECK(error(concat(source, " ", out, " --keras-version 1.2")) ==
        "keratin: Invalid value for argument `keras_version`. Received: 1.2, allowed: 2.15 to 2.21 "
        "(tf.keras) and 3.0 to 3.15, such as \"3.9\" or \"3.9.2\"; empty for what every Keras 3 "
        "opens\n");
  CHECK(io::contains(error(concat(source, " ", (folder / "model.txt").string())),
                     "Invalid filepath extension for saving"));
  CHECK(io::contains(error(concat("nothing.keras ", out)), "nothing.keras"));
  const std::string weights = (folder / "model.weights.h5").string();
  REQUIRE(run(concat("convert ", source, " ", weights)).status == 0);
  CHECK(io::contains(error(concat(weights, " ", out)), "holds weights without an architecture"));
  CHECK_FALSE(fs::exists(out));
}

TEST_CASE("A process that is killed while it saves leaves the old file or the new one") {
  const io::TemporaryFolder folder;
  const std::string out = (folder / "model.h5").string(), other = (folder / "other.h5").string();
  const std::string source = data("cnn_keras3_9.keras");
  REQUIRE(run(concat("convert ", source, " ", out, " --keras-version 3.3")).status == 0);
  REQUIRE(run(concat("convert ", source, " ", other, " --keras-version 3.9")).status == 0);
  const std::string before = io::read_file(out), after = io::read_file(other);
  REQUIRE(before != after);
  int old_ones = 0;
  for (int microseconds = 0; microseconds < 40000; microseconds += 1300) {
    CAPTURE(microseconds);
    const pid_t child = ::fork();
    if (child == 0) {
      const int nowhere = ::open("/dev/null", O_WRONLY);
      ::dup2(nowhere, 2);
      ::execl(KERATIN_PROGRAM, "keratin", "convert", source.c_str(), out.c_str(), "--keras-version",
              "3.9", nullptr);
      ::_exit(127);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    const std::string now = io::read_file(out);
    const bool is_whole = now == before || now == after;
    CHECK(is_whole);
    old_ones += now == before;
    if (now == after) io::write_file(out, before);
  }
  CHECK(old_ones > 0);
}

TEST_CASE("A save that a full disk cuts short leaves the old file and nothing else") {
  const io::TemporaryFolder folder;
  const std::string out = (folder / "model.h5").string(), source = data("cnn_keras3_9.keras");
  REQUIRE(run(concat("convert ", source, " ", out, " --keras-version 3.3")).status == 0);
  const std::string before = io::read_file(out), err = (folder / "err").string();
  const std::string command =
      concat("(trap '' XFSZ; ulimit -f 4; exec ", KERATIN_PROGRAM, " convert ", source, " ", out,
             " --keras-version 3.9) 2>", err);
  const int status = std::system(("bash -c \"" + command + "\"").c_str());
  CHECK(WEXITSTATUS(status) == 1);
  CHECK(io::contains(io::read_file(err), "File too large"));
  CHECK(io::read_file(out) == before);
  CHECK(folder.file_count() == 2);
}

}  // namespace keratin::cli
