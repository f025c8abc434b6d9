#pragma once

#include <CLI/CLI.hpp>

// One function for each subcommand, in a file of its own: adds the subcommand with its options and
// what it does. A command that fails throws; one that finds what it looked for to be wrong sets
// `status`.
namespace keratin::cli {

void add_summary(CLI::App& app);
void add_predict(CLI::App& app);
void add_verify(CLI::App& app, int& status);
void add_convert(CLI::App& app);
void add_doctor(CLI::App& app, int& status);
void add_diff(CLI::App& app, int& status);
void add_inspect(CLI::App& app);
void add_plot(CLI::App& app);
void add_layers(CLI::App& app);
void add_bench(CLI::App& app);

}  // namespace keratin::cli
