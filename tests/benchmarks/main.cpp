#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>

#include "../../framework/base/parallel.hpp"
#include "harness.hpp"

namespace {

constexpr const char* usage =
    "usage: bench [--filter REGEX] [--json FILE] [--threads N]... [--samples N]\n"
    "Times in microseconds: the median, and the least; ratios to the best peer.\n";

void write_json(const std::string& path, const std::vector<benchmarks::Session::Result>& results) {
  std::ofstream file(path);
  file << "[";
  const char* separator = "\n";
  for (const auto& result : results) {
    file << separator << R"(  {"workload": ")" << result.workload << R"(", "threads": )"
         << result.threads << R"(, "contender": ")" << result.contender << R"(", "median_us": )"
         << result.median_us << "}";
    separator = ",\n";
  }
  file << "\n]\n";
  if (!file.flush()) throw std::runtime_error("can't write " + path);
}

int run(int argc, char** argv) {
  benchmarks::Session::Options options;
  options.filter = "";
  std::string json;
  std::vector<int> threads;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (i + 1 == argc) {
      std::fputs(usage, stderr);
      return 2;
    }
    const std::string value = argv[++i];
    if (argument == "--filter") {
      options.filter = value;
    } else if (argument == "--json") {
      json = value;
    } else if (argument == "--threads") {
      threads.push_back(std::stoi(value));
    } else if (argument == "--samples") {
      options.samples = std::stoi(value);
    } else {
      std::fputs(usage, stderr);
      return 2;
    }
  }
  if (threads.empty()) threads = {1, 2};
  std::vector<benchmarks::Session::Result> results;
  for (const int count : threads) {
    keratin::set_num_threads(count);
    benchmarks::Session session(options, count);
    for (const auto& benchmark : benchmarks::registered()) benchmark(session);
    results.insert(results.end(), session.results().begin(), session.results().end());
  }
  if (!json.empty()) write_json(json, results);
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
