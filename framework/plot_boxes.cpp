#include "plot_boxes.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

std::string with_commas(std::size_t number) {
  std::string text = std::to_string(number);
  for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3)
    text.insert(static_cast<std::size_t>(i), ",");
  return text;
}

/// 3x3 for [3, 3]; 1x0+2 for [[1, 1], [0, 2]], what is added before and after.
std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const Json& item : value) {
    const bool is_pair = item.is_array() && item.size() == 2;
    text += text.empty() ? "" : "x";
    if (!is_pair) {
      text += text_of(item);
    } else {
      text += item[0] == item[1] ? text_of(item[0]) : text_of(item[0]) + "+" + text_of(item[1]);
    }
  }
  return text;
}

bool is_all_ones(const Json& value) {
  if (value.is_number()) return value == 1;
  return value.is_array() && std::ranges::all_of(value, [](const Json& n) { return n == 1; });
}

/// "text value" unless the value is the usual one.
struct Argument {
  const char* key;
  const char* before;
  const char* after;
};
constexpr Argument arguments[] = {
    {"filters", "", " filters"},
    {"units", "", " units"},
    {"output_dim", "dim ", ""},
    {"num_heads", "", " heads"},
    {"key_dim", "key dim ", ""},
    {"kernel_size", "kernel ", ""},
    {"pool_size", "pool ", ""},
    {"output_size", "to ", ""},
    {"size", "size ", ""},
    {"strides", "stride ", ""},
    {"padding", "padding ", ""},
    {"cropping", "cropping ", ""},
    {"dilation_rate", "dilation ", ""},
    {"groups", "groups ", ""},
    {"depth_multiplier", "multiplier ", ""},
    {"interpolation", "", ""},
    {"target_shape", "to ", ""},
    {"dims", "", ""},
    {"rate", "rate ", ""},
    {"axis", "axis ", ""},
    {"negative_slope", "slope ", ""},
    {"max_value", "max ", ""},
    {"merge_mode", "", ""},
    {"activation", "", ""},
};
/// Arguments that are not worth a word where they are as usual.
bool is_usual(const std::string& key, const Json& value) {
  static const std::set<std::string> of_ones = {"strides", "dilation_rate", "groups",
                                                "depth_multiplier"};
  if (value.is_null() || value.is_object()) return true;
  if (of_ones.contains(key) && is_all_ones(value)) return true;
  if (key == "activation") return value == "linear";
  if (key == "axis") return value == -1;
  if (key == "negative_slope") return value == 0.0;
  return key == "interpolation" && value == "nearest";
}

/// Two lines at most: sizes, then the rest.
void add_arguments(const Json& config, std::vector<std::string>& lines) {
  constexpr std::size_t widest = 34;
  std::string line;
  const auto add = [&](const std::string& text) {
    if (!line.empty() && line.size() + text.size() > widest) {
      lines.push_back(line);
      line.clear();
    }
    line += (line.empty() ? "" : ", ") + text;
  };
  for (const Argument& argument : arguments) {
    const auto value = config.find(argument.key);
    if (value == config.end() || is_usual(argument.key, *value)) continue;
    add(argument.before + text_of(*value) + argument.after);
  }
  if (config.value("use_bias", Json(true)) == false) add("no bias");
  if (!line.empty()) lines.push_back(line);
}

std::string shapes_text(const Shapes& shapes) {
  return shapes.size() == 1 ? tuple_text(shapes[0]) : tuple_text(shapes);
}

PlotBox box_of(const Node& node, const Graph& graph, const PlotOptions& options) {
  const Layer& layer = *node.layer;
  PlotBox box{.name = layer.name(), .class_name = std::string(layer.class_name())};
  Json config = Json::object();
  layer.write_config(config);
  box.config = config.dump(1);
  box.is_input = node.is_input();
  box.has_weights = layer.count_params() > 0;
  const auto calls = graph.nodes_of(layer);
  if (calls.size() > 1) {
    box.is_shared = true;
    const auto call = std::ranges::find_if(calls, [&](const auto& c) { return &*c == &node; });
    box.lines.push_back(concat("shared: call ", call - calls.begin() + 1, " of ", calls.size()));
  }
  const auto* nested = dynamic_cast<const Function*>(&layer);
  if (options.show_arguments && !nested) add_arguments(config, box.lines);
  if (options.show_shapes) box.lines.push_back(shapes_text(node.output_shapes));
  if (options.show_params && box.has_weights)
    box.lines.push_back(with_commas(layer.count_params()) + " params");
  if (options.show_trainable && box.has_weights && !layer.trainable())
    box.lines.emplace_back("not trained");
  if (options.expand_nested && nested && nested->graph())
    box.inner = std::make_shared<PlotGraph>(plot_graph(*nested, options));
  return box;
}

}  // namespace

PlotGraph plot_graph(const Function& function, const PlotOptions& options) {
  const Graph* graph = function.graph();
  if (!graph) function.refuse("cannot be drawn: its input shape is not known");
  PlotGraph plot{.name = function.name(), .boxes = {}, .edges = {}};
  std::map<const Node*, std::size_t> places;
  for (const auto& node : graph->nodes()) {
    places.emplace(&*node, plot.boxes.size());
    plot.boxes.push_back(box_of(*node, *graph, options));
    if (node->is_input()) continue;
    std::set<std::size_t> sources;
    for (const SymbolicTensor& input : node->inputs) {
      const std::size_t from = places.at(&*graph->resolve(input).node());
      if (sources.insert(from).second) plot.edges.push_back({from, places.at(&*node)});
    }
  }
  return plot;
}

}  // namespace keratin::inline KERATIN_VARIANT
