#include <string>

#include <doctest/doctest.h>

#include "../../framework/io/hdf5.hpp"
#include "../../framework/io/npy.hpp"
#include "../../framework/tensor.hpp"
#include "program.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

using cli::data;
using cli::is_one_line;
using cli::Result;
using cli::run;

}  // namespace

TEST_CASE("keratin verify compares with what Keras computed") {
  const Result same = run(concat("verify ", data("dense.keras"), " ", data("dense.io.h5")));
  CHECK(same.status == 0);
  CHECK(same.out.starts_with("output_0: largest difference "));
  CHECK(same.err.empty());
  const Result strict =
      run(concat("verify ", data("dense.keras"), " ", data("dense.io.h5"), " --rtol 0 --atol 0"));
  CHECK(strict.status == 1);
  const Result other =
      run(concat("verify ", data("dense.keras"), " ", data("depthwise2d_reg.io.h5")));
  CHECK(other.status == 1);
  CHECK(is_one_line(other.err));
}

TEST_CASE("keratin summary and layers print") {
  const Result summary = run(concat("summary ", data("dense.keras")));
  CHECK(summary.status == 0);
  CHECK(io::contains(summary.out, "Total params: 25"));
  const Result layers = run("layers");
  CHECK(layers.status == 0);
  CHECK(io::contains(layers.out, "Dense\n"));
  CHECK(run("--version").out.starts_with("keratin "));
}

TEST_CASE("keratin bench lists layers, their sum, the model and the machine's limits") {
  const Result bench = run(concat("bench ", data("dense.keras"), " --samples 2 --threads 1"));
  CHECK(bench.status == 0);
  CHECK(io::contains(bench.out, "(Dense)"));
  CHECK(io::contains(bench.out, "All layers, one by one: "));
  CHECK(io::contains(bench.out, "The model as a whole: "));
  CHECK(io::contains(bench.out, "Limits with 1 thread(s)"));
  CHECK(bench.err.empty());
  const Result wrong = run(concat("bench ", data("dense.keras"), " --batch 0"));
  CHECK(wrong.status == 2);
  CHECK(is_one_line(wrong.err));
}

TEST_CASE("keratin predict reads and writes .npy") {
  const io::TemporaryFolder folder;
  const auto io = io::Hdf5File::open(data("dense.io.h5"));
  const std::string in = (folder / "x.npy").string(), out = (folder / "y.npy").string();
  io::write_npy(in, io.read_dataset<float>("input_0"));
  const Result result =
      run(concat("predict ", data("dense.keras"), " --input ", in, " --output ", out));
  CHECK(result.err == "");
  REQUIRE(result.status == 0);
  const auto y = io::read_npy<double>(out), expected = io.read_dataset<double>("output_0");
  REQUIRE(shape_of(y) == shape_of(expected));
  for (std::size_t i = 0; i < y.size(); ++i)
    CHECK(y.data()[i] == doctest::Approx(expected.data()[i]).epsilon(1e-5));
}

TEST_CASE("keratin says in one line what is wrong") {
  for (const char* arguments : {"", "frobnicate", "verify", "summary --no-such-option x"}) {
    CAPTURE(arguments);
    const Result result = run(arguments);
    CHECK(result.status == 2);
    CHECK(is_one_line(result.err));
    CHECK(result.out.empty());
  }
  for (const std::string& file : {std::string("no_such_file.keras"), data("dense.io.h5")}) {
    CAPTURE(file);
    const Result result = run(concat("summary ", file));
    CHECK(result.status == 1);
    CHECK(is_one_line(result.err));
    CHECK(io::contains(result.err, file));
  }
}

TEST_CASE("the README's table of layers is what keratin layers --markdown prints") {
  const Result printed = run("layers --markdown");
  CHECK(printed.status == 0);
  const std::string readme = io::read_file(paths::data("../../README.md"));
  const std::string begin = "<!-- layers: begin -->\n", end = "<!-- layers: end -->";
  const auto from = readme.find(begin) + begin.size(), to = readme.find(end);
  REQUIRE(readme.find(begin) != std::string::npos);
  REQUIRE(to != std::string::npos);
  CHECK(readme.substr(from, to - from) == printed.out);
  const Result names = run("layers");
  CHECK(names.status == 0);
  CHECK(io::contains(names.out, "\nDepthwiseConv2D\n"));
  CHECK_FALSE(io::contains(names.out, "\nOperation\n"));
}

}  // namespace keratin::inline KERATIN_VARIANT
