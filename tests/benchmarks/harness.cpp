#include "harness.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>

namespace benchmarks {

namespace {

struct Entry {
  std::string name;
  Entrant entrant;
};

/// Keratin first.
std::vector<Entry>& list() {
  static std::vector<Entry> list;
  return list;
}

using Clock = std::chrono::steady_clock;

double microseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

double microseconds(const Contender& contender, int times) {
  const auto begin = Clock::now();
  for (int i = 0; i < times; ++i) contender.run();
  return microseconds_since(begin) / times / contender.calls;
}

/// The contender before has left its own data in the caches, and its threads may still spin.
void warm_up(const Contender& contender, int threads) {
  const double least = threads > 1 ? 3000 : 300;
  const auto begin = Clock::now();
  do contender.run();
  while (microseconds_since(begin) < least);
}

struct Runner {
  Contender contender;
  int times = 1, samples_left = 0;
  std::vector<double> samples = {};
};

std::vector<Runner> runners_for(const Workload& workload, int threads, const Options& options) {
  std::vector<Runner> runners;
  for (const Entry& entry : list()) {
    const bool is_peer = entry.name != "keratin";
    if (is_peer && (!workload.compared || !std::regex_search(entry.name, options.peers))) continue;
    try {
      for (Contender& contender : entry.entrant(workload, threads)) {
        runners.push_back({std::move(contender)});
      }
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s: %s: %s\n", workload.name.c_str(), entry.name.c_str(), error.what());
    }
  }
  double fastest = HUGE_VAL;
  std::vector<double> once;
  for (const Runner& runner : runners) {
    warm_up(runner.contender, threads);
    once.push_back(std::max(.05, microseconds(runner.contender, 1)));
    fastest = std::min(fastest, once.back());
  }
  for (std::size_t i = 0; i < runners.size(); ++i) {
    const double run = once[i] * runners[i].contender.calls;
    runners[i].times = static_cast<int>(std::clamp(options.sample_us / run, 1., 5000.));
    // Who is far behind need not be known exactly.
    runners[i].samples_left = once[i] > 5 * fastest ? 3 : options.samples;
  }
  return runners;
}

void print(const std::vector<Result>& results) {
  if (results.empty()) return;
  std::printf("%-36s T%d", results[0].workload.c_str(), results[0].threads);
  double best_median = HUGE_VAL, best_least = HUGE_VAL;
  for (const Result& result : results) {
    std::printf("  %s %.1f (%.1f)", result.contender.c_str(), result.median_us, result.least_us);
    if (result.contender == "keratin") continue;
    best_median = std::min(best_median, result.median_us);
    best_least = std::min(best_least, result.least_us);
  }
  if (results.size() > 1) {
    std::printf("  ratio %.2f (%.2f)", results[0].median_us / best_median,
                results[0].least_us / best_least);
  }
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace

Registration::Registration(std::string name, Entrant entrant) {
  const auto place = name == "keratin" ? list().begin() : list().end();
  list().insert(place, {std::move(name), std::move(entrant)});
}

std::vector<std::string> entrants() {
  std::vector<std::string> names;
  for (const Entry& entry : list()) names.push_back(entry.name);
  return names;
}

std::vector<Result> compare(const Workload& workload, int threads, const Options& options) {
  std::vector<Runner> runners = runners_for(workload, threads, options);
  const auto begin = Clock::now();
  for (int round = 0; round < options.samples; ++round) {
    if (round >= 3 && microseconds_since(begin) > options.budget_us) break;
    for (Runner& runner : runners) {
      if (runner.samples_left-- <= 0) continue;
      warm_up(runner.contender, threads);
      runner.samples.push_back(microseconds(runner.contender, runner.times));
    }
  }
  std::vector<Result> results;
  for (Runner& runner : runners) {
    std::sort(runner.samples.begin(), runner.samples.end());
    results.push_back({workload.name, threads, runner.contender.name,
                       runner.samples[runner.samples.size() / 2], runner.samples.front()});
  }
  print(results);
  return results;
}

}  // namespace benchmarks
