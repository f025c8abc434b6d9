#include "plot.hpp"

#include "base/error.hpp"
#include "io/atomic_file.hpp"
#include "plot_boxes.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

/// A text between quotes of the language of Graphviz.
std::string dot_text(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result;
}

void write_dot(const PlotGraph& graph, const std::string& prefix, const std::string& indent,
               std::string& out) {
  for (std::size_t i = 0; i < graph.boxes.size(); ++i) {
    const PlotBox& box = graph.boxes[i];
    const std::string id = concat(prefix, i);
    if (box.inner) {
      out += concat(indent, "subgraph \"cluster_", id, "\" {\n", indent, "  label=\"",
                    dot_text(box.name + " (" + box.class_name + ")"), "\";\n");
      write_dot(*box.inner, id + "_", indent + "  ", out);
      out += indent + "}\n";
      continue;
    }
    std::string label = dot_text(box.name) + "\\n" + dot_text(box.class_name);
    for (const std::string& line : box.lines) label += "\\n" + dot_text(line);
    out += concat(indent, "\"", id, "\" [label=\"", label, "\"];\n");
  }
  // An edge of a nested model begins or ends at what lies at that end of it.
  const auto end_of = [&](std::size_t i, bool is_source) {
    std::string id = concat(prefix, i);
    const PlotGraph* inner = graph.boxes[i].inner.get();
    while (inner) {
      const std::size_t k = is_source ? inner->boxes.size() - 1 : 0;
      id += concat("_", k);
      inner = inner->boxes[k].inner.get();
    }
    return id;
  };
  for (const PlotGraph::Edge& edge : graph.edges)
    out +=
        concat(indent, "\"", end_of(edge.from, true), "\" -> \"", end_of(edge.to, false), "\";\n");
}

}  // namespace

std::string plot_dot(const Function& function, const PlotOptions& options) {
  const PlotGraph graph = plot_graph(function, options);
  std::string out = concat("digraph \"", dot_text(graph.name), "\" {\n  rankdir=TB;\n",
                           "  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n");
  write_dot(graph, "n", "  ", out);
  return out + "}\n";
}

void plot_model(const Function& function, const std::filesystem::path& path,
                const PlotOptions& options) {
  const std::string ending = path.extension().string();
  if (ending == ".svg") return io::write_file(path, plot_svg(function, options));
  if (ending == ".dot") return io::write_file(path, plot_dot(function, options));
  if (ending == ".html") return io::write_file(path, plot_html(function, options));
  throw ValueError(
      concat("A picture's name must end in .svg, .dot or .html. Received: ", path.string()));
}

}  // namespace keratin::inline KERATIN_VARIANT
