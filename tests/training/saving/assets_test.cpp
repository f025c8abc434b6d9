#include <doctest/doctest.h>

#include "../../../framework/input_layer.hpp"
#include "../../../framework/io/zip.hpp"
#include "../../../layers/preprocessing/lookup/index_lookup.hpp"
#include "../../../training/saving/load_function.hpp"
#include "../../../training/saving/save_function.hpp"
#include "../../framework/io/io_support.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/stored.hpp"

using namespace keratin;
using namespace keratin::layers;

TEST_CASE("A vocabulary that was learned is a file of its own in the archive") {
  const io::TemporaryFolder folder;
  for (const char* mode : {"int", "tf_idf"}) {
    CAPTURE(mode);
    const IntegerLookup lookup({.output_mode = mode}, {.name = "ids"});
    lookup->adapt({{5, 7, 7}, {7, 9}});
    const SymbolicTensor input = Input({4});
    const Function function({input}, {lookup(input)});
    save_function(function, folder / "lookup.keras");
    const auto archive = io::Archive::open(folder / "lookup.keras");
    CHECK(archive.members() ==
          std::vector<std::string>{"metadata.json", "config.json", "model.weights.h5",
                                   "assets/layers/integer_lookup/vocabulary.txt"});
    CHECK(archive.read("assets/layers/integer_lookup/vocabulary.txt") == "-1\n7\n9\n5");
    const auto loaded = load_function(folder / "lookup.keras");
    const Tensor data = {{5, 7, 8, 7}, {9, 9, 9, 1}};
    testing::check_close(LayerHandle(loaded)(data), lookup(data), testing::stored_tolerance);
  }
}
