#pragma once

#include <string>
#include <vector>

#include "harness.hpp"
#include "roofline.hpp"

namespace benchmarks {

/// All that a run measured.
struct Run {
  std::vector<keratin::kernels::MachineLimits> rooflines;  ///< one for each number of threads
  std::vector<Result> results;
};

/// A list of {"workload", "threads", "contender", "median_us"}.
void write_json(const std::string& path, const std::vector<Result>& results);

/// Writes the tables into a Markdown file, between its lines "<!-- figures -->" and "<!-- end of
/// the figures -->"; what is around them stays.
void write_report(const std::string& path, const Run& run);

}  // namespace benchmarks
