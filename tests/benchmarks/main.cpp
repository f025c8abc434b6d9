#include <malloc.h>

#include <cstdio>
#include <regex>
#include <set>
#include <string>

#include "../../framework/base/parallel.hpp"
#include "../../framework/kernels/machine_limits.hpp"
#include "report.hpp"

namespace {

constexpr const char* usage =
    "usage: bench [--filter REGEX] [--json FILE] [--report FILE] [--threads N]... [--samples N]\n"
    "             [--peers REGEX] [--quick] [--list]\n"
    "Times in microseconds: the median (and the least), and the ratio to the best peer.\n"
    "--filter REGEX  only workloads whose names have a match\n"
    "--peers REGEX   only peers whose names have a match\n"
    "--json FILE     writes the medians as a list of objects\n"
    "--report FILE   writes the tables into a Markdown file that has a place for them\n"
    "--threads N     instead of 1 and 2\n"
    "--samples N     of each contender, time permitting (15)\n"
    "--quick         a fifth of the time, less exact\n"
    "--list          the names of the workloads\n";

struct Arguments {
  std::regex filter{""};
  std::string json, report;
  std::vector<int> threads;
  benchmarks::Options options;
  bool list = false;
};

/// False where the arguments can't be understood.
bool read(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--quick") {
      arguments.options.samples = 5;
      arguments.options.sample_us = 300;
      arguments.options.budget_us = 400e3;
      continue;
    }
    if (name == "--list") {
      arguments.list = true;
      continue;
    }
    if (i + 1 == argc) return false;
    const std::string value = argv[++i];
    if (name == "--filter") {
      arguments.filter = value;
    } else if (name == "--peers") {
      arguments.options.peers = value;
    } else if (name == "--json") {
      arguments.json = value;
    } else if (name == "--report") {
      arguments.report = value;
    } else if (name == "--threads") {
      arguments.threads.push_back(std::stoi(value));
    } else if (name == "--samples") {
      arguments.options.samples = std::stoi(value);
    } else {
      return false;
    }
  }
  if (arguments.threads.empty()) arguments.threads = {1, 2};
  return arguments.options.samples > 0;
}

std::vector<benchmarks::Workload> chosen(const std::regex& filter) {
  std::vector<benchmarks::Workload> result;
  std::set<std::string> names;
  const auto add = [&](const benchmarks::Workload& workload) {
    if (!std::regex_search(workload.name, filter)) return;
    if (names.insert(workload.name).second) result.push_back(workload);
  };
  for (const auto& workload : benchmarks::workloads()) add(workload);
  for (const auto& growth : benchmarks::growths()) {
    for (const auto& workload : growth.steps) add(workload);
  }
  return result;
}

int run(int argc, char** argv) {
  Arguments arguments;
  if (!read(argc, argv, arguments)) {
    std::fputs(usage, stderr);
    return 2;
  }
  const auto workloads = chosen(arguments.filter);
  if (arguments.list) {
    for (const auto& workload : workloads) std::puts(workload.name.c_str());
    return 0;
  }
  // Peers allocate their tensors anew each time: they shall not have to ask the system for them.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  benchmarks::Run measured;
  for (const int threads : arguments.threads) {
    keratin::set_num_threads(threads);
    if (!arguments.report.empty()) {
      measured.rooflines.push_back(keratin::kernels::measure_machine_limits(threads));
    }
    for (const auto& workload : workloads) {
      for (auto& result : benchmarks::compare(workload, threads, arguments.options)) {
        measured.results.push_back(std::move(result));
      }
    }
  }
  if (!arguments.json.empty()) benchmarks::write_json(arguments.json, measured.results);
  if (!arguments.report.empty()) benchmarks::write_report(arguments.report, measured);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return 1;
  }
}
