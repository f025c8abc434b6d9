#include <cstdio>
#include <exception>
#include <string>

#include "command.hpp"

namespace {

constexpr int failure = 1, wrong_usage = 2;

/// Errors are one line, so that they can be read in logs.
int fail(std::string message) {
  for (char& c : message) {
    if (c == '\n') c = ' ';
  }
  std::fprintf(stderr, "keratin: %s\n", message.c_str());
  return failure;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Works with neural networks in Keras's files.", "keratin");
  app.set_version_flag("--version", "keratin " KERATIN_VERSION);
  app.require_subcommand(1);
  int status = 0;
  keratin::cli::add_summary(app);
  keratin::cli::add_predict(app);
  keratin::cli::add_verify(app, status);
  keratin::cli::add_convert(app);
  keratin::cli::add_doctor(app, status);
  keratin::cli::add_diff(app, status);
  keratin::cli::add_inspect(app);
  keratin::cli::add_plot(app);
  keratin::cli::add_layers(app);
  keratin::cli::add_bench(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    fail(error.what());
    return wrong_usage;
  } catch (const std::exception& error) {
    return fail(error.what());
  }
  return status;
}
