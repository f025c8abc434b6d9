#include "report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace benchmarks {

namespace {

using keratin::kernels::MachineLimits;

std::string format(const char* pattern, ...) __attribute__((format(printf, 1, 2)));
std::string format(const char* pattern, ...) {
  char buffer[512];
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(buffer, sizeof buffer, pattern, arguments);
  va_end(arguments);
  return buffer;
}

void write(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  if (!file.flush()) throw std::runtime_error("can't write " + path);
}

std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown CPU";
}

/// A workload's results with one number of threads.
struct Row {
  const Result* keratin = nullptr;
  const Result* best = nullptr;  ///< of the peers

  double ratio() const { return keratin->median_us / best->median_us; }
};

using Rows = std::map<std::pair<std::string, int>, Row>;

Rows rows_of(const std::vector<Result>& results) {
  Rows rows;
  for (const Result& result : results) {
    Row& row = rows[{result.workload, result.threads}];
    if (result.contender == "keratin") {
      row.keratin = &result;
    } else if (!row.best || result.median_us < row.best->median_us) {
      row.best = &result;
    }
  }
  return rows;
}

class Writer {
 public:
  explicit Writer(const Run& run) : run_(run), rows_(rows_of(run.results)) {}

  std::string text() {
    machine();
    summary();
    all();
    growth();
    return out_.str();
  }

 private:
  const Row* row(const std::string& workload, int threads) const {
    const auto found = rows_.find({workload, threads});
    return found == rows_.end() || !found->second.keratin ? nullptr : &found->second;
  }

  void machine() {
    out_ << "### The machine\n\n"
         << cpu_name() << ", " << run_.rooflines[0].vectors << ". Peers that were found:";
    const char* separator = " ";
    for (const std::string& name : entrants()) {
      if (name == "keratin") continue;
      out_ << separator << name;
      separator = ", ";
    }
    out_ << ".\n\n| | threads | ";
    for (const auto& level : run_.rooflines[0].memory) {
      out_ << level.level << " (" << level.bytes / 1024 << " KB) read / copy, GB/s | ";
    }
    out_ << "multiply-add, GFLOP/s |\n|---|---|";
    for (std::size_t i = 0; i <= run_.rooflines[0].memory.size(); ++i) out_ << "---|";
    out_ << "\n";
    for (const MachineLimits& roofline : run_.rooflines) {
      out_ << "| limit | " << roofline.threads << " | ";
      for (const auto& level : roofline.memory) {
        out_ << format("%.0f / %.0f | ", level.read / 1000, level.copied / 1000);
      }
      out_ << format("%.0f |\n", roofline.flops / 1000);
    }
    out_ << "\n";
  }

  /// Geometric means of the ratios by kind of workload.
  void summary() {
    struct Kind {
      const char *title, *prefix, *suffix;
    };
    const Kind kinds[] = {{"depthwise forward, batch 1", "dw_", "b1_fwd"},
                          {"depthwise forward, batch 32", "dw_", "b32_fwd"},
                          {"depthwise, gradient to the input", "dw_", "_bwdd"},
                          {"depthwise, gradient to the filter", "dw_", "_bwdw"},
                          {"separable", "sep_", ""},
                          {"products", "gemm_", ""},
                          {"networks", "mobilenet", ""},
                          {"training", "train_", ""}};
    out_ << "### Ratios to the best peer\n\nTime of Keratin over that of the best peer; below 1 "
            "Keratin is faster.\n\n| | threads | geometric mean | least | most |\n"
            "|---|---|---|---|---|\n";
    for (const Kind& kind : kinds) {
      for (const MachineLimits& roofline : run_.rooflines) {
        double logs = 0, least = HUGE_VAL, most = 0;
        int count = 0;
        for (const auto& [key, row] : rows_) {
          const auto& [name, threads] = key;
          const std::string suffix = kind.suffix;
          if (threads != roofline.threads || !row.keratin || !row.best) continue;
          if (name.rfind(kind.prefix, 0) != 0 || name.size() < suffix.size() ||
              name.compare(name.size() - suffix.size(), suffix.size(), suffix) != 0) {
            continue;
          }
          logs += std::log(row.ratio());
          least = std::min(least, row.ratio());
          most = std::max(most, row.ratio());
          ++count;
        }
        if (count == 0) continue;
        out_ << format("| %s | %d | %.2f | %.2f | %.2f |\n", kind.title, roofline.threads,
                       std::exp(logs / count), least, most);
      }
    }
    out_ << "\n";
  }

  void all() {
    out_ << "### All workloads\n\nMedians. The limit is the larger of the time for the "
            "multiplications at the peak and that for what has to be moved at the speed of the "
            "memory that holds it.\n\n| workload | threads | Keratin, us | best peer | its us | "
            "ratio | GFLOP/s | GB/s | limit, us | share of the limit | speedup |\n"
            "|---|---|---|---|---|---|---|---|---|---|---|\n";
    for (const Workload& workload : workloads()) {
      for (const MachineLimits& roofline : run_.rooflines) {
        const Row* found = row(workload.name, roofline.threads);
        if (!found) continue;
        const double time = found->keratin->median_us,
                     limit = least_microseconds(roofline, workload);
        const Row* single = row(workload.name, run_.rooflines[0].threads);
        out_ << format("| %s | %d | %.1f | ", workload.name.c_str(), roofline.threads, time);
        if (found->best) {
          out_ << format("%s | %.1f | %.2f", found->best->contender.c_str(), found->best->median_us,
                         found->ratio());
        } else {
          out_ << "| | ";
        }
        out_ << format(" | %.1f | %.1f | %.1f | %.0f %% | %.2f |\n", workload.flops() / time / 1000,
                       workload.bytes() / time / 1000, limit, 100 * limit / time,
                       single ? single->keratin->median_us / time : 1.);
      }
    }
    out_ << "\n";
  }

  void growth() {
    out_ << "### How time grows\n\nKeratin alone, microseconds (share of the limit).\n\n";
    for (const Growth& growth : growths()) {
      std::string title = "| " + growth.title + " |", rule = "|---|";
      for (const std::string& value : growth.values) {
        title += " " + value + " |";
        rule += "---|";
      }
      std::string lines;
      for (const MachineLimits& roofline : run_.rooflines) {
        std::string line =
            format("| %d thread%s |", roofline.threads, roofline.threads == 1 ? "" : "s");
        bool any = false;
        for (const Workload& step : growth.steps) {
          const Row* found = row(step.name, roofline.threads);
          any = any || found;
          line += found
                      ? format(" %.1f (%.0f %%) |", found->keratin->median_us,
                               100 * least_microseconds(roofline, step) / found->keratin->median_us)
                      : " |";
        }
        if (any) lines += line + "\n";
      }
      if (!lines.empty()) out_ << title << "\n" << rule << "\n" << lines << "\n";
    }
  }

  const Run& run_;
  Rows rows_;
  std::ostringstream out_;
};

}  // namespace

void write_json(const std::string& path, const std::vector<Result>& results) {
  std::string text = "[";
  const char* separator = "\n";
  for (const Result& result : results) {
    text +=
        separator +
        format(R"(  {"workload": "%s", "threads": %d, "contender": "%s", "median_us": %.3f})",
               result.workload.c_str(), result.threads, result.contender.c_str(), result.median_us);
    separator = ",\n";
  }
  write(path, text + "\n]\n");
}

void write_report(const std::string& path, const Run& run) {
  const std::string begin = "<!-- figures -->\n", end = "<!-- end of the figures -->\n";
  std::stringstream before;
  before << std::ifstream(path).rdbuf();
  std::string text = before.str();
  const std::size_t from = text.find(begin), to = text.find(end);
  if (from == std::string::npos || to == std::string::npos || to < from) {
    throw std::runtime_error(path + " has no place for the figures");
  }
  text.replace(from + begin.size(), to - from - begin.size(), "\n" + Writer(run).text());
  write(path, text);
}

}  // namespace benchmarks
