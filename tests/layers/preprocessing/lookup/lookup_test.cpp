#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../../layers/preprocessing/lookup/hashed_crossing.hpp"
#include "../../../../layers/preprocessing/lookup/hashing.hpp"
#include "../../../../layers/preprocessing/lookup/index_lookup.hpp"
#include "../../../../layers/preprocessing/lookup/text_vectorization.hpp"
#include "../../../support/check_layers.hpp"
#include "../../../support/filled.hpp"

using namespace keratin;
using namespace keratin::layers;

// What is compared with here is printed in the documentation of Keras's layers.

namespace {

using Texts = std::vector<std::string>;

Tensor column_of(const std::vector<double>& values) {
  return testing::filled({static_cast<Dim>(values.size()), 1}, values);
}

std::string own(const LayerHandle& layer) {
  Json config = layer->get_config();
  for (const char* key : {"name", "trainable", "dtype"}) config.erase(key);
  return config.dump();
}

}  // namespace

TEST_CASE("layers that look numbers up") {
  const testing::LayerCase::Options numbers{.low = 10, .high = 16, .integers = true};
  const std::vector<Dim> vocabulary{12, 14, 11};
  testing::check_layers({
      {"int", IntegerLookup({.vocabulary = vocabulary}), {{3, 4}}, numbers},
      {"masked",
       IntegerLookup({.num_oov_indices = 2, .mask_token = 13, .vocabulary = vocabulary}),
       {{3, 4}},
       numbers},
      {"one_hot",
       IntegerLookup({.vocabulary = vocabulary, .output_mode = "one_hot"}),
       {{3, 4}},
       numbers},
      {"count",
       IntegerLookup({.max_tokens = 7,
                      .vocabulary = vocabulary,
                      .output_mode = "count",
                      .pad_to_max_tokens = true}),
       {{3, 4}},
       numbers},
      {"tf_idf",
       IntegerLookup(
           {.vocabulary = vocabulary, .idf_weights = {{0.5, 1, 2}}, .output_mode = "tf_idf"}),
       {{3, 4}},
       numbers},
      {"invert", IntegerLookup({.vocabulary = vocabulary, .invert = true}), {{3, 4}}, numbers},
      {"Hashing", Hashing({.num_bins = 3}), {{3, 4}}, numbers},
      {"Hashing, vectors",
       Hashing(
           {.num_bins = 3, .mask_value = 12, .salt = Numbers{1, 2}, .output_mode = "multi_hot"}),
       {{3, 4}},
       numbers},
      {"HashedCrossing", HashedCrossing({.num_bins = 5}), {{6}, {6}}, numbers},
      {"HashedCrossing, one_hot",
       HashedCrossing({.num_bins = 5, .output_mode = "one_hot"}),
       {{6, 1}, {6, 1}},
       numbers},
  });
}

TEST_CASE("IntegerLookup finds indices") {
  const std::vector<Dim> vocabulary{12, 36, 1138, 42};
  const Tensor data = {{12, 1138, 42}, {42, 1000, 36}};
  CHECK(IntegerLookup({.vocabulary = vocabulary})(data) == Tensor{{1, 3, 4}, {4, 0, 2}});
  const Tensor other = {{12, 1138, 42}, {37, 1000, 36}};
  CHECK(IntegerLookup({.num_oov_indices = 2, .vocabulary = vocabulary})(other) ==
        Tensor{{2, 4, 5}, {1, 0, 3}});
  CHECK(IntegerLookup({.vocabulary = vocabulary, .invert = true})(Tensor{{1, 3, 4}, {4, 0, 2}}) ==
        Tensor{{12, 1138, 42}, {42, -1, 36}});
  // The mask token alone has index 0.
  CHECK(IntegerLookup({.mask_token = 7, .vocabulary = vocabulary})(Tensor{{7, 12, 5}}) ==
        Tensor{{0, 2, 1}});
  CHECK(IntegerLookup({.num_oov_indices = 0, .vocabulary = vocabulary})(Tensor{{42, 12}}) ==
        Tensor{{3, 0}});
}

TEST_CASE("IntegerLookup makes vectors") {
  const std::vector<Dim> vocabulary{12, 36, 1138, 42};
  const Tensor data = {{12, 1138, 42, 42}, {42, 7, 36, 7}};
  CHECK(IntegerLookup({.vocabulary = vocabulary, .output_mode = "multi_hot"})(data) ==
        Tensor{{0, 1, 0, 1, 1}, {1, 0, 1, 0, 1}});
  CHECK(IntegerLookup({.vocabulary = vocabulary, .output_mode = "count"})(data) ==
        Tensor{{0, 1, 0, 1, 2}, {2, 0, 1, 0, 1}});
  // A mask token is left out.
  CHECK(IntegerLookup({.mask_token = 7, .vocabulary = vocabulary, .output_mode = "count"})(data) ==
        Tensor{{0, 1, 0, 1, 2}, {0, 0, 1, 0, 1}});
  const IntegerLookup weighted(
      {.vocabulary = vocabulary, .idf_weights = {{0.25, 0.75, 0.6, 0.4}}, .output_mode = "tf_idf"});
  testing::check_close(
      weighted(data), Tensor{{0, 0.25, 0, real(0.6), real(0.8)}, {1, 0, 0.75, 0, real(0.4)}}, 1e-6);
  const IntegerLookup all({.vocabulary = {{-1, 12, 36, 1138, 42}},
                           .idf_weights = {{0.9, 0.25, 0.75, 0.6, 0.4}},
                           .output_mode = "tf_idf"});
  testing::check_close(
      all(data), Tensor{{0, 0.25, 0, real(0.6), real(0.8)}, {real(1.8), 0, 0.75, 0, real(0.4)}},
      1e-6);
}

TEST_CASE("Lookup layers adapt to data") {
  const IntegerLookup numbers;
  numbers->adapt({{12, 1138, 42}, {42, 1000, 36}});
  CHECK(numbers->vocabulary() == std::vector<Dim>{-1, 42, 1138, 1000, 36, 12});
  CHECK(numbers(Tensor{{12, 1138, 42}, {42, 1000, 36}}) == Tensor{{5, 2, 1}, {1, 3, 4}});
  const StringLookup texts({.max_tokens = 4, .output_mode = "tf_idf"});
  texts->adapt({{"a", "c", "d", "d"}, {"d", "z", "b"}, {"b", "d"}});
  CHECK(texts->vocabulary() == Texts{"[UNK]", "d", "b", "z"});
  // log(1 + 3 / (1 + documents)), for unknown tokens their mean.
  const double d = std::log(1 + 3 / 4.0), b = std::log(1 + 3 / 3.0), z = std::log(1 + 3 / 2.0);
  testing::check_close(texts->lookup({"d", "b", "z", "q"}, {1, 4}),
                       Tensor{{static_cast<real>((d + b + z) / 3), static_cast<real>(d),
                               static_cast<real>(b), static_cast<real>(z)}},
                       1e-6);
}

TEST_CASE("StringLookup finds indices and goes back") {
  const Texts vocabulary{"a", "b", "c", "d"};
  const StringLookup layer({.vocabulary = vocabulary});
  CHECK(layer->lookup({"a", "c", "d", "d", "z", "b"}, {2, 3}) == Tensor{{1, 3, 4}, {4, 0, 2}});
  const StringLookup hashed({.num_oov_indices = 2, .vocabulary = vocabulary});
  CHECK(hashed->lookup({"a", "c", "d", "m", "z", "b"}, {2, 3}) == Tensor{{2, 4, 5}, {0, 1, 3}});
  const StringLookup back({.vocabulary = layer->vocabulary(), .invert = true});
  CHECK(back->tokens(Tensor{{1, 3, 4}, {4, 0, 2}}) == Texts{"a", "c", "d", "d", "[UNK]", "b"});
}

TEST_CASE("Hashing and HashedCrossing hash as TensorFlow does") {
  const Features letters{"A", "B", "C", "D", "E"};
  const Shape column{5, 1};
  const auto hashed = [&](Hashing layer) { return layer->hashed(letters, column); };
  CHECK(hashed(Hashing({.num_bins = 3})) == column_of({1, 0, 1, 1, 2}));
  CHECK(hashed(Hashing({.num_bins = 3, .salt = Numbers{133, 137}})) == column_of({1, 2, 1, 0, 2}));
  CHECK(hashed(Hashing({.num_bins = 3, .salt = 133})) == column_of({0, 0, 2, 1, 0}));
  CHECK(Hashing({.num_bins = 3, .mask_value = ""})->hashed({"A", "B", "", "C", "D"}, column) ==
        column_of({1, 1, 0, 2, 2}));
  const HashedCrossing crossing({.num_bins = 5});
  CHECK(crossing->crossed({{"A", "B", "A", "B", "A"}, {101, 101, 101, 102, 102}}, {5}) ==
        Tensor{1, 4, 1, 1, 3});
}

TEST_CASE("TextVectorization splits texts and finds their words") {
  const TextVectorization layer({.max_tokens = 5000, .output_sequence_length = 4});
  layer->adapt({"foo bar", "bar baz", "baz bada boom"});
  CHECK(layer->vectorize({"foo qux bar", "qux baz"}) == Tensor{{4, 1, 3, 0}, {1, 2, 0, 0}});
  const TextVectorization given({.vocabulary = {{"earth", "wind", "and", "fire"}}});
  CHECK(given->vocabulary() == Texts{"", "[UNK]", "earth", "wind", "and", "fire"});
  CHECK(given->vectorize({"Fire, and Wind!", "earth"}) == Tensor{{5, 4, 3}, {2, 0, 0}});
  CHECK(TextVectorization({.ngrams = 2})->tokens_of("The  quick-ish\tFox") ==
        Texts{"the", "quickish", "fox", "the quickish", "quickish fox"});
  CHECK(TextVectorization({.ngrams = Numbers{2}})->tokens_of("a b c") == Texts{"a b", "b c"});
  CHECK(TextVectorization({.standardize = {}, .split = "character"})->tokens_of("A\xc3\xa9!") ==
        Texts{"A", "\xc3\xa9", "!"});
  CHECK(TextVectorization({.standardize = "strip_punctuation", .split = {}})->tokens_of("A, b") ==
        Texts{"A b"});
  const TextVectorization counting({.output_mode = "count", .vocabulary = {{"a", "b"}}});
  CHECK(counting->vectorize({"a b a", "c"}) == Tensor{{0, 2, 1}, {1, 0, 0}});
}

TEST_CASE("Lookup layers write their arguments in Keras's order") {
  CHECK(own(StringLookup({.vocabulary = Texts{"a"}})) ==
        R"({"invert":false,"max_tokens":null,"num_oov_indices":1,"oov_token":"[UNK]",)"
        R"("mask_token":null,"output_mode":"int","sparse":false,"pad_to_max_tokens":false,)"
        R"("idf_weights":null,"vocabulary":["a"],"vocabulary_size":2,"oov_method":"floormod",)"
        R"("salt":null,"encoding":"utf-8"})");
  CHECK(own(IntegerLookup({.mask_token = 0})) ==
        R"({"invert":false,"max_tokens":null,"num_oov_indices":1,"oov_token":-1,"mask_token":0,)"
        R"("output_mode":"int","sparse":false,"pad_to_max_tokens":false,)"
        R"("vocabulary_dtype":"int64","idf_weights":null,"vocabulary":null,)"
        R"("vocabulary_size":null,"oov_method":"floormod","salt":null})");
  CHECK(own(Hashing({.num_bins = 3, .salt = 5})) ==
        R"({"num_bins":3,"salt":[5,5],"mask_value":null,"output_mode":"int","sparse":false})");
  CHECK(HashedCrossing({.num_bins = 3}, {.name = "h"})->get_config().dump() ==
        R"({"num_bins":3,"output_mode":"int","sparse":false,"name":"h","dtype":"int64"})");
  CHECK(own(TextVectorization()) ==
        R"({"max_tokens":null,"standardize":"lower_and_strip_punctuation","split":"whitespace",)"
        R"("ngrams":null,"output_mode":"int","output_sequence_length":null,)"
        R"("pad_to_max_tokens":false,"sparse":false,"ragged":false,"vocabulary":null,)"
        R"("idf_weights":null,"encoding":"utf-8","vocabulary_size":2})");
}

TEST_CASE("Lookup layers refuse wrong use in Keras's words") {
  const std::vector<Dim> vocabulary{1, 2};
  CHECK_THROWS_WITH_AS(IntegerLookup({.max_tokens = 1}, {.name = "i"}),
                       "Layer 'i' (IntegerLookup): If set, `max_tokens` must be greater than 1. "
                       "Received: max_tokens=1",
                       ValueError);
  CHECK_THROWS_WITH_AS(IntegerLookup({.pad_to_max_tokens = true}, {.name = "i"}),
                       "Layer 'i' (IntegerLookup): If pad_to_max_tokens is True, must set "
                       "`max_tokens`. Received: max_tokens=None",
                       ValueError);
  CHECK_THROWS_WITH_AS(IntegerLookup({.invert = true, .output_mode = "count"}, {.name = "i"}),
                       "Layer 'i' (IntegerLookup): `output_mode` must be `'int'` when `invert` is "
                       "true. Received: output_mode=count",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      IntegerLookup({.vocabulary = vocabulary, .output_mode = "tf_idf"}, {.name = "i"}),
      "Layer 'i' (IntegerLookup): When specifying the `vocabulary` argument, in TF-IDF output "
      "mode, "
      "the `idf_weights` argument must also be provided.",
      ValueError);
  CHECK_THROWS_WITH_AS(IntegerLookup({.vocabulary = {{1, 2, 1}}}, {.name = "i"}),
                       "Layer 'i' (IntegerLookup): The passed vocabulary has at least one repeated "
                       "term. Please uniquify your dataset. The repeated terms are: (1,)",
                       ValueError);
  CHECK_THROWS_WITH_AS(IntegerLookup({.max_tokens = 2, .vocabulary = vocabulary}, {.name = "i"}),
                       "Layer 'i' (IntegerLookup): Attempted to set a vocabulary larger than the "
                       "maximum vocab size. Received vocabulary size is 3; `max_tokens` is 2.",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      IntegerLookup({.num_oov_indices = 0, .vocabulary = vocabulary},
                    {.name = "i"})(full({1, 1}, 5)),
      "Layer 'i' (IntegerLookup): When `num_oov_indices=0` all inputs should be in vocabulary, "
      "found OOV values 5, consider setting `num_oov_indices=1`.",
      ValueError);
  CHECK_THROWS_WITH_AS(
      IntegerLookup({.vocabulary = vocabulary}, {.name = "i"})(full({1, 1}, real(0.5))),
      "Layer 'i' (IntegerLookup): takes whole numbers. Received: 0.5", ValueError);
  CHECK_THROWS_WITH_AS(IntegerLookup({.vocabulary = vocabulary}, {.name = "i"})->adapt({{1}}),
                       "Layer 'i' (IntegerLookup): Cannot adapt layer 'i' after setting a static "
                       "vocabulary via `vocabulary` argument or `set_vocabulary()` method.",
                       ValueError);
  CHECK_THROWS_WITH_AS(StringLookup({}, {.name = "s"})(zeros({1, 1})),
                       "Layer 's' (StringLookup): takes strings, which tensors cannot hold: call "
                       "lookup()",
                       ValueError);
  CHECK_THROWS_WITH_AS(StringLookup({.encoding = "latin-1"}, {.name = "s"}),
                       "Layer 's' (StringLookup): `encoding` must be 'utf-8'. Received: "
                       "encoding=latin-1",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      TextVectorization({}, {.name = "t"})(zeros({1, 1})),
      "Layer 't' (TextVectorization): takes texts, which tensors cannot hold: call "
      "vectorize()",
      ValueError);
  CHECK_THROWS_WITH_AS(Hashing({}, {.name = "h"}),
                       "Layer 'h' (Hashing): The `num_bins` for `Hashing` cannot be `None` or "
                       "non-positive values. Received: num_bins=0.",
                       ValueError);
  CHECK_THROWS_WITH_AS(Hashing({.num_bins = 2, .salt = Numbers{1, 2, 3}}, {.name = "h"}),
                       "Layer 'h' (Hashing): The `salt` argument for `Hashing` can only be a tuple "
                       "of size 2 integers, or a single integer. Received: salt=(1, 2, 3).",
                       ValueError);
  Json config = StringLookup()->get_config();
  config["sparse"] = true;
  CHECK_THROWS_AS(StringLookupLayer::from_config(config), ValueError);
}
