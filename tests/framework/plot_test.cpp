#include <string>

#include <doctest/doctest.h>

#include "../../framework/function.hpp"
#include "../../framework/input_layer.hpp"
#include "../../framework/io/atomic_file.hpp"
#include "../../framework/plot.hpp"
#include "../../framework/sequential_function.hpp"
#include "../../layers/convolutional/conv.hpp"
#include "../../layers/core/dense.hpp"
#include "io/io_support.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

using io::contains;
using layers::Dense;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("A picture says what a layer is, what it does and what comes out") {
  const auto in = Input({8, 8, 3}, {.name = "image"});
  const layers::Conv2D conv({.filters = 4,
                             .kernel_size = 3,
                             .strides = 2,
                             .padding = "same",
                             .activation = "relu",
                             .use_bias = false},
                            {.name = "stem", .trainable = false});
  const Function function({in}, {conv(in)}, {.name = "small"});
  const std::string svg = plot_svg(function, {.show_trainable = true});
  for (const char* text : {">small (Functional)<", ">image<", ">InputLayer<", ">stem<", ">Conv2D<",
                           ">4 filters, kernel 3x3, stride 2x2<", ">padding same, relu, no bias<",
                           ">(None, 4, 4, 4)<", ">108 params<", ">not trained<"}) {
    CAPTURE(text);
    CHECK(contains(svg, text));
  }
  CHECK(count(svg, "<path class=\"edge\"") == 1);
  CHECK(plot_svg(function) == plot_svg(function));
}

TEST_CASE("A shared layer has a box for each call") {
  const auto a = Input({2}, {.name = "a"}), b = Input({2}, {.name = "b"});
  const Dense shared({.units = 2}, {.name = "shared"});
  const Function function({a, b}, {shared(a), shared(b)});
  const std::string svg = plot_svg(function);
  CHECK(contains(svg, ">shared: call 1 of 2<"));
  CHECK(contains(svg, ">shared: call 2 of 2<"));
  CHECK(count(svg, "<path class=\"edge\"") == 2);
}

TEST_CASE("A nested model is one box, or a frame around its own picture") {
  const auto row = std::make_shared<SequentialFunction>(
      std::vector<LayerHandle>{Dense({.units = 3}, {.name = "first"}),
                               Dense({.units = 2}, {.name = "second"})},
      LayerOptions{.name = "row"});
  const auto in = Input({4}, {.name = "in"});
  const Function function({in}, {LayerHandle(row)(in)});
  CHECK_FALSE(contains(plot_svg(function), ">first<"));
  const std::string expanded = plot_svg(function, {.expand_nested = true});
  CHECK(contains(expanded, ">row<"));
  CHECK(contains(expanded, ">first<"));
  CHECK(count(expanded, "<path class=\"edge\"") == 3);
  const std::string dot = plot_dot(function, {.expand_nested = true});
  CHECK(contains(dot, "subgraph \"cluster_n1\" {"));
  CHECK(contains(dot, "\"n0\" -> \"n1_0\";"));
}

TEST_CASE("Names can be anything") {
  const auto in = Input({4}, {.name = "a<b>&\"c\""});
  const Function function({in}, {Dense({.units = 2})(in)});
  CHECK(contains(plot_svg(function), "a&lt;b&gt;&amp;&quot;c&quot;"));
  CHECK(contains(plot_dot(function), "a<b>&\\\"c\\\""));
}

TEST_CASE("A picture's name must say its format, and a model without shapes has none") {
  const io::TemporaryFolder folder;
  const auto in = Input({4});
  const Function function({in}, {Dense({.units = 2})(in)});
  plot_model(function, folder / "model.svg");
  CHECK(io::read_file(folder / "model.svg") == plot_svg(function));
  plot_model(function, folder / "model.html");
  CHECK(contains(io::read_file(folder / "model.html"), plot_svg(function)));
  CHECK_THROWS_WITH_AS(plot_model(function, "model.png"),
                       "A picture's name must end in .svg, .dot or .html. Received: model.png",
                       ValueError);
  const SequentialFunction row({Dense({.units = 2})}, {.name = "row"});
  CHECK_THROWS_WITH_AS(plot_svg(row),
                       "Layer 'row' (Sequential): cannot be drawn: its input shape is not known",
                       ValueError);
}

}  // namespace keratin::inline KERATIN_VARIANT
