#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "../../framework/io/hdf5.hpp"
#include "program.hpp"

namespace keratin::cli {

TEST_CASE("keratin inspect explains itself") { check_usage("inspect", {"FILE"}); }

TEST_CASE("keratin inspect prints the tree of a file") {
  const Result found = run("inspect " + data("dense.keras"));
  CHECK(found.status == 0);
  CHECK(found.err == "");
  CHECK(io::contains(found.out, "format: keras\nKeras: 3.15.1\nmodel: Functional"));
  CHECK(io::contains(found.out, "layers/\n  dense/\n    vars/\n      0  float32 (4, 5), 80 bytes"));
  CHECK(io::contains(found.out, "2 arrays, 25 elements, 100 bytes\n"));
  const Result legacy = run("inspect " + data("dense.h5"));
  CHECK(io::contains(legacy.out, "format: h5\n"));
  CHECK(io::contains(legacy.out, "model_weights/\n"));
}

TEST_CASE("keratin inspect gives statistics of weights alone") {
  const io::TemporaryFolder folder;
  const std::string path = (folder / "some.weights.h5").string();
  io::Hdf5File file = io::Hdf5File::create();
  BasicTensor<float> values = empty_tensor<float>({4});
  values.data()[0] = -1;
  values.data()[1] = 3;
  values.data()[2] = 1;
  values.data()[3] = std::numeric_limits<float>::quiet_NaN();
  file.write_dataset("/layers/dense/vars/0", values);
  file.save(path);
  const Result found = run("inspect " + path);
  CHECK(found.status == 0);
  CHECK(
      found.out ==
      "format: weights.h5\nlayers/\n  dense/\n    vars/\n      0  float32 (4,), 16 bytes, min -1, "
      "max 3, mean 1, deviation 1.63299, 1 not finite\n1 arrays, 4 elements, 16 bytes\n");
}

}  // namespace keratin::cli
