#include <string>

#include <doctest/doctest.h>

#include "program.hpp"

namespace keratin::cli {

TEST_CASE("keratin diff explains itself") { check_usage("diff", {"A", "B", "--all"}); }

TEST_CASE("keratin diff finds nothing between a model and itself in another format") {
  const Result same = run(concat("diff ", data("nested.keras"), " ", data("nested.h5")));
  CHECK(same.status == 0);
  CHECK(same.out.starts_with("the same: architecture, arguments and "));
  const Result listed = run(concat("diff --all ", data("dense.keras"), " ", data("dense.h5")));
  CHECK(listed.status == 0);
  CHECK(listed.out ==
        "weight dense/kernel (4, 5): the same\nweight dense/bias (5,): the same\n"
        "the same: architecture, arguments and 2 weights\n");
}

TEST_CASE("keratin diff names layers, arguments, shapes and the largest change") {
  const Result found = run(concat("diff ", data("maxpool2d_same_p3s2.keras"), " ",
                                  data("averagepool2d_same_p3s2.keras")));
  CHECK(found.status == 1);
  CHECK(io::contains(found.out, "differences of architecture"));
  const Result arguments =
      run(concat("diff ", data("dense.keras"), " ", data("dense_relu_nobias.keras")));
  CHECK(arguments.status == 1);
  CHECK(io::contains(arguments.out, "activation: \"linear\" -> \"relu\""));
  CHECK(io::contains(arguments.out, "use_bias: true -> false"));
  CHECK(io::contains(arguments.out, "only in the first"));

  const Result trained =
      run(concat("diff ", data("cnn_keras3_3.keras"), " ", data("cnn_keras3_9.keras")));
  CHECK(trained.status == (trained.out.starts_with("the same") ? 0 : 1));
}

TEST_CASE("keratin diff compares weights files array by array") {
  const io::TemporaryFolder folder;
  const std::string weights = (folder / "a.weights.h5").string();
  REQUIRE(run(concat("convert ", data("dense.keras"), " ", weights)).status == 0);
  const Result same = run(concat("diff ", weights, " ", weights));
  CHECK(same.status == 0);
  const Result other = run(concat("diff ", weights, " ", data("dense.keras")));
  CHECK(other.status == 1);
  CHECK(other.out.starts_with("Only the second holds an architecture\n"));
}

}  // namespace keratin::cli
