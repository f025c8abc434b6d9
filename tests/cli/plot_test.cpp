#include <string>

#include <doctest/doctest.h>

#include "program.hpp"

namespace keratin::cli {

TEST_CASE("keratin plot explains itself") {
  check_usage("plot", {"MODEL", "OUT", ".svg", ".dot", ".html", "--expand-nested"});
}

TEST_CASE("keratin plot draws a model in three formats") {
  const io::TemporaryFolder folder;
  const auto plot = [&](const std::string& name, const std::string& options = "") {
    const std::string out = (folder / name).string();
    const Result result = run(concat("plot ", data("cnn_keras3_9.keras"), " ", out, options));
    CHECK(result.err == "");
    REQUIRE(result.status == 0);
    return io::read_file(out);
  };
  const std::string svg = plot("model.svg");
  CHECK(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  for (const char* text : {">sep<", ">SeparableConv2D<", ">4 filters, kernel 3x3", "params<",
                           ">(None, 12, 12, 2)<", "padding same"}) {
    CAPTURE(text);
    CHECK(io::contains(svg, text));
  }
  const std::string dot = plot("model.dot");
  CHECK(dot.starts_with("digraph \"cnn\" {"));
  CHECK(io::contains(dot, "\"n0\" -> \"n1\";"));
  const std::string html = plot("model.html");
  CHECK(html.starts_with("<!DOCTYPE html>"));
  CHECK(io::contains(html, svg));
  CHECK_FALSE(io::contains(html, "src="));
  CHECK_FALSE(io::contains(html, "href="));
  const std::string bare = plot("bare.svg", " --hide-shapes --hide-arguments --hide-params");
  CHECK_FALSE(io::contains(bare, "params<"));
  CHECK_FALSE(io::contains(bare, ">(None"));
  CHECK_FALSE(io::contains(bare, ">4 filters"));
}

TEST_CASE("keratin plot refuses other endings") {
  const io::TemporaryFolder folder;
  const std::string out = (folder / "model.png").string();
  const Result result = run(concat("plot ", data("dense.keras"), " ", out));
  CHECK(result.status == 1);
  CHECK(result.err ==
        concat("keratin: A picture's name must end in .svg, .dot or .html. Received: ", out, "\n"));
}

}  // namespace keratin::cli
