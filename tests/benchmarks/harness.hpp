#pragma once

#include <functional>
#include <regex>
#include <string>
#include <vector>

#include "workloads.hpp"

namespace benchmarks {

/// One of the programs compared: "keratin", or a peer's name.
struct Contender {
  std::string name;
  std::function<void()> run;
  double calls = 1;  ///< how often one run does the work
};

/// Makes contenders for a workload and a number of threads, with data of their own; none where it
/// has nothing to offer.
using Entrant = std::function<std::vector<Contender>(const Workload&, int threads)>;

/// A static one of these in a source file lets its contenders take part.
struct Registration {
  Registration(std::string name, Entrant entrant);
};

struct Result {
  std::string workload;
  int threads;
  std::string contender;
  double median_us, least_us;
};

struct Options {
  int samples = 15;
  double sample_us = 1000;    ///< least time of a sample, in which a contender runs several times
  double budget_us = 2500e3;  ///< for all samples of a workload; three of each are always taken
  std::regex peers{""};       ///< those that take part
};

/// "keratin", then the names of the peers that were found at configuration.
std::vector<std::string> entrants();

/// Runs the workload's contenders by turns, so that what else the machine does strikes all alike.
/// The first result is Keratin's. Prints a line.
std::vector<Result> compare(const Workload& workload, int threads, const Options& options);

}  // namespace benchmarks
