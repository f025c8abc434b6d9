#pragma once

#include <array>
#include <cstdio>
#include <string>

#include <doctest/doctest.h>
#include <sys/wait.h>

#include "../../framework/base/error.hpp"
#include "../../framework/io/atomic_file.hpp"
#include "../framework/io/io_support.hpp"
#include "../support/paths.hpp"

namespace keratin::cli {

struct Result {
  int status;
  std::string out, err;
};

/// Runs the program with `arguments` (shell words); the program is built beside the tests.
inline Result run(const std::string& arguments) {
  const io::TemporaryFolder folder;
  const std::string err = (folder / "err").string();
  const std::string command = concat(KERATIN_PROGRAM, " ", arguments, " 2>", err);
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  Result result{0, "", ""};
  std::array<char, 4096> buffer;
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe))
    result.out.append(buffer.data(), n);
  const int status = ::pclose(pipe);
  REQUIRE(WIFEXITED(status));
  result.status = WEXITSTATUS(status);
  result.err = io::read_file(err);
  return result;
}

/// A file of tests/data/keras.
inline std::string data(const std::string& name) { return paths::data("keras/" + name); }

inline bool is_one_line(const std::string& text) {
  return !text.empty() && text.find('\n') == text.size() - 1;
}

/// `--help` explains the subcommand and each of its arguments; without arguments it is wrong use.
inline void check_usage(const std::string& command, std::initializer_list<const char*> words) {
  CAPTURE(command);
  const Result help = run(command + " --help");
  CHECK(help.status == 0);
  CHECK(help.err.empty());
  for (const char* word : words) {
    CAPTURE(word);
    CHECK(io::contains(help.out, word));
  }
  const Result nothing = run(command);
  CHECK(nothing.status == 2);
  CHECK(nothing.out.empty());
  CHECK(is_one_line(nothing.err));
  const Result missing = run(command + " no_such_file.keras no_such_file.svg");
  CHECK(missing.status != 0);
  CHECK(is_one_line(missing.err));
}

}  // namespace keratin::cli
