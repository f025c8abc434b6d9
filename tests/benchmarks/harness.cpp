#include "harness.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace benchmarks {

namespace {

std::vector<std::function<void(Session&)>>& list() {
  static std::vector<std::function<void(Session&)>> list;
  return list;
}

double microseconds(const std::function<void()>& run, int times) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i) run();
  const std::chrono::duration<double, std::micro> elapsed =
      std::chrono::steady_clock::now() - begin;
  return elapsed.count() / times;
}

}  // namespace

Registration::Registration(std::function<void(Session&)> run) { list().push_back(std::move(run)); }

const std::vector<std::function<void(Session&)>>& registered() { return list(); }

void Session::compare(const std::string& workload, const std::vector<Contender>& contenders) {
  std::vector<int> times;
  for (const Contender& contender : contenders) {
    contender.run();  // warm
    const double once = std::max(0.05, microseconds(contender.run, 1));
    times.push_back(static_cast<int>(std::clamp(options_.sample_us / once, 1., 5000.)));
  }
  std::vector<std::vector<double>> samples(contenders.size());
  for (int sample = 0; sample < options_.samples; ++sample) {
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      contenders[i].run();  // the one before has left its own data in the caches
      samples[i].push_back(microseconds(contenders[i].run, times[i]));
    }
  }
  double median = 0, least = 0, best_median = HUGE_VAL, best_least = HUGE_VAL;
  std::printf("%-36s T%d", workload.c_str(), threads_);
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    std::sort(samples[i].begin(), samples[i].end());
    const Result result{workload, threads_, contenders[i].name, samples[i][samples[i].size() / 2],
                        samples[i].front()};
    results_.push_back(result);
    (i == 0 ? median : best_median) =
        i == 0 ? result.median_us : std::min(best_median, result.median_us);
    (i == 0 ? least : best_least) =
        i == 0 ? result.least_us : std::min(best_least, result.least_us);
    std::printf("  %s %.1f (least %.1f)", result.contender.c_str(), result.median_us,
                result.least_us);
  }
  if (contenders.size() > 1) {
    std::printf("  ratio %.2f (%.2f)", median / best_median, least / best_least);
  }
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace benchmarks
