#pragma once

#include <functional>
#include <regex>
#include <string>
#include <vector>

namespace benchmarks {

/// One of the programs compared: "keratin", or a peer's name.
struct Contender {
  std::string name;
  std::function<void()> run;
};

/// Runs contenders by turns, so that what else the machine does strikes all alike, and keeps what
/// was measured.
class Session {
 public:
  struct Options {
    std::regex filter;
    int samples = 15;
    double sample_us = 1000;  ///< least time of a sample, in which a contender runs several times
  };
  struct Result {
    std::string workload;
    int threads;
    std::string contender;
    double median_us, least_us;
  };

  Session(Options options, int threads) : options_(std::move(options)), threads_(threads) {}

  int threads() const { return threads_; }
  bool wants(const std::string& workload) const {
    return std::regex_search(workload, options_.filter);
  }
  /// Measures and prints; the first contender is the one that is compared with the others.
  void compare(const std::string& workload, const std::vector<Contender>& contenders);
  const std::vector<Result>& results() const { return results_; }

 private:
  Options options_;
  int threads_;
  std::vector<Result> results_;
};

/// A static one of these in a source file adds its benchmarks to the program.
struct Registration {
  explicit Registration(std::function<void(Session&)> run);
};
const std::vector<std::function<void(Session&)>>& registered();

}  // namespace benchmarks
