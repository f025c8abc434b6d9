#include "summary.hpp"

#include <algorithm>
#include <array>
#include <ostream>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "sequential_function.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

using Row = std::vector<std::string>;

std::string shape_text(const Shape& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + (shape[i] == unknown ? "None" : std::to_string(shape[i]));
  return text + ")";
}

std::string with_commas(std::size_t number) {
  std::string text = std::to_string(number);
  for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3)
    text.insert(static_cast<std::size_t>(i), ",");
  return text;
}

/// 136.04 KB, of float32 weights.
std::string memory_text(std::size_t parameters) {
  auto bytes = static_cast<double>(parameters) * 4;
  std::size_t unit = 0;
  constexpr std::array units = {"B", "KB", "MB", "GB", "TB"};
  while (bytes >= 1024 && unit + 1 < units.size()) {
    bytes /= 1024;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.2f %s", bytes, units[unit]);
  return text;
}

bool is_row_of_layers(const Function& function) {
  if (dynamic_cast<const SequentialFunction*>(&function)) return true;
  const Graph& graph = *function.graph();
  return graph.inputs().size() == 1 && graph.outputs().size() == 1 &&
         std::ranges::all_of(graph.layers(), [&](const LayerHandle& layer) {
           const auto& nodes = graph.nodes_of(*layer);
           return nodes.size() == 1 && nodes[0]->inputs.size() <= 1;
         });
}

std::string output_shapes_text(const Layer& layer, const Graph* graph) {
  if (!graph) return "?";
  const auto& nodes = graph->nodes_of(layer);
  if (nodes.empty()) return "?";
  std::string text;
  for (const Shape& shape : nodes[0]->output_shapes)
    text += (text.empty() ? "" : ", ") + shape_text(shape);
  return nodes[0]->output_shapes.size() == 1 ? text : "[" + text + "]";
}

std::string connections_text(const Layer& layer, const Graph& graph) {
  std::string text;
  for (const auto& node : graph.nodes_of(layer)) {
    for (const SymbolicTensor& unresolved : node->inputs) {
      const SymbolicTensor& input = graph.resolve(unresolved);
      const auto& calls = graph.nodes_of(*input.node()->layer);
      const auto call = std::ranges::find(calls, input.node()) - calls.begin();
      text += concat(text.empty() ? "" : ", ", input.node()->layer->name(), "[", call, "][",
                     input.index(), "]");
    }
  }
  return text.empty() ? "-" : text;
}

/// The number of characters; UTF-8 continuation bytes do not count.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

class Table {
 public:
  Table(Row header, std::vector<std::size_t> widths, std::size_t right_aligned)
      : header_(std::move(header)), widths_(std::move(widths)), right_aligned_(right_aligned) {}

  void add(Row row) { rows_.push_back(std::move(row)); }

  void print(std::ostream& out) {
    for (const Row& row : rows_) {
      for (std::size_t i = 0; i < row.size(); ++i)
        widths_[i] = std::max(widths_[i], width_of(row[i]) + 2);
    }
    rule(out, "┏", "━", "┳", "┓");
    line(out, header_, "┃");
    rule(out, "┡", "━", "╇", "┩");
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (i) rule(out, "├", "─", "┼", "┤");
      line(out, rows_[i], "│");
    }
    rule(out, "└", "─", "┴", "┘");
  }

 private:
  void rule(std::ostream& out, const char* left, const char* dash, const char* cross,
            const char* right) const {
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      out << (i ? cross : left);
      for (std::size_t k = 0; k < widths_[i]; ++k) out << dash;
    }
    out << right << '\n';
  }

  void line(std::ostream& out, const Row& row, const char* bar) const {
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      const std::string blank(widths_[i] - width_of(row[i]) - 1, ' ');
      out << bar << (i == right_aligned_ ? blank + row[i] + " " : " " + row[i] + blank);
    }
    out << bar << '\n';
  }

  Row header_;
  std::vector<std::size_t> widths_;
  std::size_t right_aligned_;
  std::vector<Row> rows_;
};

struct Listing {
  const SummaryOptions& options;
  bool connections;
  Table& table;

  void add(const Function& function, const std::string& indent) {
    const bool is_sequential = dynamic_cast<const SequentialFunction*>(&function) != nullptr;
    // Operations are listed, too, though they are no layers.
    const auto layers =
        is_sequential || !function.graph() ? function.layers() : function.graph()->layers();
    for (const LayerHandle& layer : layers) {
      Row row = {concat(indent, layer->name(), " (", layer->class_name(), ")"),
                 output_shapes_text(*layer, function.graph()), with_commas(layer->count_params())};
      if (!layer->built()) row[2] = "0 (unbuilt)";
      if (connections) {
        row.push_back(function.graph() && !(is_sequential && indent.empty())
                          ? connections_text(*layer, *function.graph())
                          : "-");
      }
      if (options.show_trainable) row.push_back(layer->trainable() ? "Y" : "N");
      table.add(std::move(row));
      const auto* nested = dynamic_cast<const Function*>(&*layer);
      if (options.expand_nested && nested) add(*nested, indent + "└ ");
    }
  }
};

}  // namespace

void print_summary(const Function& function, std::ostream& out, const SummaryOptions& options) {
  const bool connections = !is_row_of_layers(function);
  Row header = {"Layer (type)", "Output Shape", "Param #"};
  std::vector<std::size_t> widths = {33, 24, 15};
  if (connections) {
    header.emplace_back("Connected to");
    widths = {21, 19, 12, 19};
  }
  if (options.show_trainable) {
    header.emplace_back("Trainable");
    widths.push_back(11);
  }
  Table table(header, widths, 2);
  Listing{options, connections, table}.add(function, "");
  out << "Model: \"" << function.name() << "\"\n";
  table.print(out);
  std::size_t total = 0, trainable = 0;
  for (const Parameter* parameter : function.weights()) {
    total += parameter->value().size();
    if (parameter->trainable()) trainable += parameter->value().size();
  }
  const auto line = [&](const char* name, std::size_t count) {
    out << ' ' << name << " params: " << with_commas(count) << " (" << memory_text(count) << ")\n";
  };
  line("Total", total);
  line("Trainable", trainable);
  line("Non-trainable", total - trainable);
}

}  // namespace keratin::inline KERATIN_VARIANT
