#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <keratin/framework/base/error.hpp>
#include <keratin/framework/base/parallel.hpp>
#include <keratin/framework/context.hpp>
#include <keratin/framework/kernels/machine_limits.hpp>

#include "command.hpp"
#include "layer_work.hpp"
#include "model.hpp"

namespace keratin::cli {
namespace {

struct Arguments {
  std::string model;
  Dim batch = 1, size = 0;
  int threads = 0, samples = 10;
};

/// The median time of `samples` calls, in microseconds, after one that warms up.
template <class Call>
double median_microseconds(int samples, const Call& call) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  call();
  for (int i = 0; i < samples; ++i) {
    const auto begin = Clock::now();
    call();
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  std::nth_element(times.begin(), times.begin() + samples / 2, times.end());
  return times[static_cast<std::size_t>(samples / 2)];
}

struct Row {
  std::string layer, shape;
  double microseconds;
  LayerWork work;
};

/// Runs a graph call by call, each several times.
class Profile {
 public:
  explicit Profile(int samples) : samples_(samples) {}

  const std::vector<Row>& rows() const { return rows_; }

  /// The outputs for `inputs`. Models within are listed layer by layer, too.
  std::vector<Value> run(const Function& function, std::vector<Value> inputs,
                         const std::string& path) {
    const Graph& graph = *function.graph();
    std::map<std::pair<const Node*, std::size_t>, Value> values;
    const auto place = [&](const SymbolicTensor& tensor) {
      const SymbolicTensor& resolved = graph.resolve(tensor);
      return std::pair{resolved.node().get(), resolved.index()};
    };
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      values[place(graph.inputs()[i])] = std::move(inputs[i]);
    }
    for (const auto& node : graph.nodes()) {
      if (node->is_input()) continue;
      std::vector<Value> arguments;
      for (const SymbolicTensor& input : node->inputs) arguments.push_back(values.at(place(input)));
      std::vector<Value> results = call(*node, std::move(arguments), path);
      for (std::size_t i = 0; i < results.size(); ++i) {
        values[{node.get(), i}] = std::move(results[i]);
      }
    }
    std::vector<Value> outputs;
    for (const SymbolicTensor& output : graph.outputs())
      outputs.push_back(values.at(place(output)));
    return outputs;
  }

 private:
  std::vector<Value> call(const Node& node, std::vector<Value> arguments, const std::string& path) {
    const Layer& layer = *node.layer;
    if (const auto* inner = dynamic_cast<const Function*>(&layer); inner && inner->graph()) {
      return run(*inner, std::move(arguments), path + layer.name() + "/");
    }
    std::vector<const Tensor*> inputs, masks;
    for (const Value& argument : arguments) {
      inputs.push_back(argument.tensor.get());
      masks.push_back(argument.mask.get());
    }
    Tensors outputs;
    std::vector<std::optional<Tensor>> output_masks;
    const double time = median_microseconds(samples_, [&] {
      Step step;
      Context context(step);
      context.set_call(node.options);
      context.set_masks(masks);
      context.run(layer, inputs);
      outputs = context.take_outputs();
      output_masks = context.take_output_masks();
    });
    rows_.push_back({concat(path, layer.name(), " (", layer.class_name(), ")"),
                     concat(shape_of(outputs[0])), time, work_of(layer, inputs, outputs)});
    output_masks.resize(outputs.size());
    std::vector<Value> results;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      results.push_back({std::make_shared<const Tensor>(std::move(outputs[i])), nullptr});
      if (output_masks[i]) {
        results[i].mask = std::make_shared<const Tensor>(std::move(*output_masks[i]));
      }
    }
    return results;
  }

  int samples_;
  std::vector<Row> rows_;
};

/// Noise in [0, 1), which as an integer is 0.
Tensor input_of(const SymbolicTensor& input, const Arguments& arguments) {
  Shape shape = input.shape();
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (axis == 0) shape[axis] = arguments.batch;
    if (shape[axis] != unknown) continue;
    if (arguments.size <= 0) {
      throw ValueError(concat("The model's input has shape ", input.shape(),
                              ": --size says what to take for what is not fixed."));
    }
    shape[axis] = arguments.size;
  }
  Tensor tensor = empty(shape);
  Random(1, 0).fill_uniform(tensor.data(), tensor.size(), 0, 1);
  return tensor;
}

void print(const std::vector<Row>& rows, const kernels::MachineLimits& limits, double whole) {
  double sum = 0, flops = 0;
  std::size_t width = 5;
  for (const Row& row : rows) {
    sum += row.microseconds;
    flops += row.work.flops;
    width = std::max(width, row.layer.size());
  }
  const auto column = static_cast<int>(width);
  std::printf("%-*s  %-20s %12s %7s %9s %8s %9s\n", column, "Layer", "Output", "Time, us", "Share",
              "GFLOP/s", "GB/s", "Of limit");
  for (const Row& row : rows) {
    const double least = limits.microseconds(row.work.flops, row.work.bytes);
    std::printf("%-*s  %-20s %12.1f %6.1f%% %9.2f %8.2f %8.0f%%\n", column, row.layer.c_str(),
                row.shape.c_str(), row.microseconds, 100 * row.microseconds / sum,
                row.work.flops / row.microseconds / 1000, row.work.bytes / row.microseconds / 1000,
                100 * least / row.microseconds);
  }
  std::printf("All layers, one by one: %.1f us, %.2f GFLOP/s\n", sum, flops / sum / 1000);
  std::printf("The model as a whole: %.1f us, %.2f GFLOP/s\n", whole, flops / whole / 1000);
  std::printf("Limits with %d thread(s), %s: %.0f GFLOP/s", limits.threads, limits.vectors,
              limits.flops / 1000);
  for (const auto& memory : limits.memory) {
    std::printf(", %s %.0f GB/s", memory.level, memory.copied / 1000);
  }
  std::printf("\n");
}

void run(const Arguments& arguments) {
  if (arguments.threads > 0) set_num_threads(arguments.threads);
  const auto function = open_model(arguments.model);
  if (!function->graph()) {
    throw ValueError("The model has no input shape: what its layers would compute is not known.");
  }
  Tensors inputs;
  std::vector<Value> values;
  for (const SymbolicTensor& input : function->graph()->inputs()) {
    inputs.push_back(input_of(input, arguments));
    values.push_back({std::make_shared<const Tensor>(inputs.back()), nullptr});
  }
  Profile profile(arguments.samples);
  profile.run(*function, std::move(values), "");
  const double whole = median_microseconds(arguments.samples, [&] { predict(*function, inputs); });
  print(profile.rows(), kernels::measure_machine_limits(num_threads()), whole);
}

}  // namespace

void add_bench(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("bench", "Measure a model's prediction, layer by layer, on noise");
  command->add_option("MODEL", arguments->model, "A .keras or .h5 file")->required();
  command->add_option("--batch", arguments->batch, "Samples at once")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--size", arguments->size, "For axes of the input that are not fixed")
      ->check(CLI::PositiveNumber);
  command->add_option("--threads", arguments->threads, "By default as many as OpenMP offers")
      ->check(CLI::PositiveNumber);
  command->add_option("--samples", arguments->samples, "Calls of each layer; the median counts")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->callback([arguments] { run(*arguments); });
}

}  // namespace keratin::cli
