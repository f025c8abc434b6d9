#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/error.hpp"
#include "layered_layout.hpp"
#include "plot_boxes.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

constexpr double margin = 20, padding = 10, line_height = 16, smallest_width = 90;
constexpr double title_size = 13, text_size = 11;

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        // Control characters are not allowed in XML.
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') result += c;
    }
  }
  return result;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

/// A generous guess: fonts differ. UTF-8 continuation bytes take no room.
double text_width(const std::string& text, double size) {
  double width = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80) continue;
    const bool is_narrow = std::string_view("iljtf.,:;|!'()[] ").find(c) != std::string_view::npos;
    const bool is_wide = (c >= 'A' && c <= 'Z') || c == 'm' || c == 'w';
    width += is_narrow ? 0.36 : is_wide ? 0.74 : 0.6;
  }
  return width * size;
}

class Picture {
 public:
  explicit Picture(const PlotGraph& graph) : graph_(graph) {
    LayeredGraph layered;
    for (const PlotBox& box : graph.boxes) {
      inner_.push_back(box.inner ? std::make_unique<Picture>(*box.inner) : nullptr);
      layered.boxes.push_back(size_of(box, inner_.back().get()));
    }
    for (const PlotGraph::Edge& edge : graph.edges) layered.edges.push_back({edge.from, edge.to});
    sizes_ = layered.boxes;
    layout_ = layered_layout(layered);
  }

  double width() const { return layout_.width; }
  double height() const { return layout_.height; }

  /// Draws with the upper left corner at (x, y).
  void draw(double x, double y, std::string& out) const {
    for (std::size_t i = 0; i < graph_.boxes.size(); ++i) {
      const double left = x + layout_.boxes[i].x - sizes_[i].width / 2;
      const double top = y + layout_.boxes[i].y - sizes_[i].height / 2;
      draw_box(graph_.boxes[i], sizes_[i], inner_[i].get(), left, top, out);
    }
    for (const std::vector<Point>& points : layout_.edges) draw_edge(points, x, y, out);
  }

 private:
  static LayeredGraph::Box size_of(const PlotBox& box, const Picture* inner) {
    double width =
        std::max(text_width(box.name, title_size), text_width(box.class_name, text_size));
    for (const std::string& line : box.lines) width = std::max(width, text_width(line, text_size));
    double height = (2 + static_cast<double>(box.lines.size())) * line_height + padding;
    if (inner) {
      width = std::max(width, inner->width() + 2 * padding);
      height += inner->height() + 2 * padding;
    }
    return {std::max(smallest_width, width + 2 * padding), height};
  }

  static void draw_box(const PlotBox& box, const LayeredGraph::Box& size, const Picture* inner,
                       double left, double top, std::string& out) {
    const char* kind = box.inner         ? "model"
                       : box.is_input    ? "input"
                       : box.has_weights ? "weights"
                                         : "plain";
    out += concat("<g class=\"", kind, box.is_shared ? " shared" : "", "\"><title>",
                  escaped(box.name), " (", escaped(box.class_name), ")\n", escaped(box.config),
                  "</title><rect x=\"", number(left), "\" y=\"", number(top), "\" width=\"",
                  number(size.width), "\" height=\"", number(size.height), "\" rx=\"6\"/>");
    const double middle = left + size.width / 2;
    double y = top + line_height;
    const auto line = [&](const char* style, const std::string& text) {
      out += concat("<text class=\"", style, "\" x=\"", number(middle), "\" y=\"", number(y), "\">",
                    escaped(text), "</text>");
      y += line_height;
    };
    line("name", box.name);
    line("class", box.class_name);
    for (const std::string& text : box.lines) line("more", text);
    out += "</g>\n";
    if (inner) inner->draw(middle - inner->width() / 2, y - line_height / 2 + padding, out);
  }

  static void draw_edge(const std::vector<Point>& points, double x, double y, std::string& out) {
    const auto at = [&](const Point& point) {
      return number(x + point.x) + " " + number(y + point.y);
    };
    std::string path = "M " + at(points[0]);
    for (std::size_t i = 1; i < points.size(); ++i) {
      const Point &from = points[i - 1], &to = points[i];
      if (std::abs(from.x - to.x) < 0.05) {
        path += " L " + at(to);
      } else {
        const double half = (from.y + to.y) / 2;
        path += concat(" C ", at({from.x, half}), ", ", at({to.x, half}), ", ", at(to));
      }
    }
    out += concat("<path class=\"edge\" d=\"", path, "\" marker-end=\"url(#arrow)\"/>\n");
  }

  const PlotGraph& graph_;
  std::vector<std::unique_ptr<Picture>> inner_;
  std::vector<LayeredGraph::Box> sizes_;
  LayeredLayout layout_;
};

constexpr const char* style = R"(<style>
text { font-family: Helvetica, Arial, "DejaVu Sans", sans-serif; text-anchor: middle; fill: #222; }
.name { font-size: 13px; font-weight: bold; }
.class { font-size: 11px; fill: #555; }
.more { font-size: 11px; }
rect { stroke: #667; stroke-width: 1; fill: #f7f7f9; }
.input rect { fill: #e3f0e3; }
.weights rect { fill: #e4ecf8; }
.model rect { fill: #fffdf5; stroke-dasharray: 5 3; }
.shared rect { stroke: #b35900; stroke-width: 2; }
.edge { fill: none; stroke: #556; stroke-width: 1.3; }
</style>
)";

}  // namespace

std::string plot_svg(const Function& function, const PlotOptions& options) {
  const PlotGraph graph = plot_graph(function, options);
  const Picture picture(graph);
  const std::string title = graph.name + " (" + std::string(function.class_name()) + ")";
  const double width = std::max(picture.width(), text_width(title, title_size)) + 2 * margin;
  const double height = picture.height() + 3 * margin + line_height;
  std::string out = concat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", number(width), "\" height=\"",
      number(height), "\" viewBox=\"0 0 ", number(width), " ", number(height), "\">\n", style,
      "<defs><marker id=\"arrow\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" ",
      "markerHeight=\"7\" orient=\"auto\"><path d=\"M 0 0 L 10 5 L 0 10 z\" fill=\"#556\"/>",
      "</marker></defs>\n<rect width=\"100%\" height=\"100%\" style=\"fill: white; stroke: "
      "none\"/>\n",
      "<text class=\"name\" x=\"", number(width / 2), "\" y=\"", number(margin + line_height / 2),
      "\">", escaped(title), "</text>\n");
  picture.draw((width - picture.width()) / 2, 2 * margin + line_height, out);
  return out + "</svg>\n";
}

std::string plot_html(const Function& function, const PlotOptions& options) {
  return concat(R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>)",
                escaped(function.name()), R"(</title>
<style>html, body { margin: 0; height: 100%; overflow: hidden; background: #fff; }
svg { transform-origin: 0 0; cursor: grab; display: block; }</style></head><body>
)",
                plot_svg(function, options), R"(<script>
const svg = document.querySelector("svg");
let scale = Math.min(1, innerWidth / svg.width.baseVal.value), x = 0, y = 0, held = null;
const show = () => { svg.style.transform = `translate(${x}px, ${y}px) scale(${scale})`; };
addEventListener("wheel", event => {
  const factor = Math.exp(-event.deltaY / 600);
  x = event.clientX - (event.clientX - x) * factor;
  y = event.clientY - (event.clientY - y) * factor;
  scale *= factor;
  show();
  event.preventDefault();
}, { passive: false });
addEventListener("pointerdown", event => { held = [event.clientX - x, event.clientY - y]; });
addEventListener("pointerup", () => { held = null; });
addEventListener("pointermove", event => {
  if (!held) return;
  x = event.clientX - held[0];
  y = event.clientY - held[1];
  show();
});
show();
</script></body></html>
)");
}

}  // namespace keratin::inline KERATIN_VARIANT
