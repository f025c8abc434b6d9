#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "../../../framework/handle.hpp"
#include "../../../framework/stores_assets.hpp"
#include "../numbers.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// The arguments of IntegerLookup.
struct IntegerLookupOptions {
  using Token = Dim;
  static constexpr std::string_view keras_name = "IntegerLookup";

  /// The most tokens that the vocabulary holds, those for masks and unknown ones included.
  std::optional<Dim> max_tokens = {};
  /// How many indices unknown tokens have; 0: they are an error.
  Dim num_oov_indices = 1;
  /// What stands for nothing: index 0, or dropped where indices become vectors.
  std::optional<Token> mask_token = {};
  /// What an index of unknown tokens gives back.
  std::optional<Token> oov_token = -1;
  /// In the order of their indices; none: from adapt() or a file.
  std::optional<std::vector<Token>> vocabulary = {};
  /// "int64" only, as in Keras.
  std::string vocabulary_dtype = "int64";
  /// Of each token, for "tf_idf".
  std::optional<std::vector<double>> idf_weights = {};
  /// From indices to tokens.
  bool invert = false;
  /// "int": indices; "one_hot", "multi_hot", "count" or "tf_idf": vectors.
  std::string output_mode = "int";
  /// Whether vectors have max_tokens places in any case.
  bool pad_to_max_tokens = false;
  /// How unknown tokens share several indices: "floormod" or "farmhash".
  std::string oov_method = "floormod";
  /// Two numbers that change the hashes, or one for both.
  std::optional<Numbers> salt = {};
  /// Of the vocabulary: files note it.
  std::optional<Dim> vocabulary_size = {};
  void describe(Fields& fields);
};

/// The arguments of StringLookup, with the same meanings; unknown tokens share several indices by
/// their hashes.
struct StringLookupOptions {
  using Token = std::string;
  static constexpr std::string_view keras_name = "StringLookup";

  std::optional<Dim> max_tokens = {};
  Dim num_oov_indices = 1;
  std::optional<Token> mask_token = {};
  std::optional<Token> oov_token = "[UNK]";
  std::optional<std::vector<Token>> vocabulary = {};
  std::optional<std::vector<double>> idf_weights = {};
  bool invert = false;
  std::string output_mode = "int";
  bool pad_to_max_tokens = false;
  /// "utf-8" only.
  std::string encoding = "utf-8";
  std::string oov_method = "floormod";
  std::optional<Numbers> salt = {};
  std::optional<Dim> vocabulary_size = {};
  void describe(Fields& fields);
};

/// Indices of tokens in a vocabulary, or vectors of them (keras.layers.IntegerLookup,
/// StringLookup).
///
/// The vocabulary is given, found by adapt(), or comes with a .keras file. Indices begin with that
/// of the mask token (where there is one and indices are the output), then come those of unknown
/// tokens, then those of the vocabulary. Tensors of any shape; vectors as in CategoryEncoding, of
/// vocabulary_size() places. Tensors hold numbers: a StringLookup is asked by lookup() and
/// tokens(), and refuses to be called. Weight, for "tf_idf": idf_weights, not trained. Throws
/// ValueError for arguments that contradict each other and, without indices for them, unknown
/// tokens.
template <class LookupOptions>
class IndexLookupLayer final : public OptionsLayer<IndexLookupLayer<LookupOptions>, LookupOptions>,
                               public StoresAssets {
  using Base = OptionsLayer<IndexLookupLayer<LookupOptions>, LookupOptions>;

 public:
  using Token = typename LookupOptions::Token;
  using Tokens = std::vector<Token>;
  static constexpr std::string_view keras_name = LookupOptions::keras_name;
  explicit IndexLookupLayer(LookupOptions options = {}, LayerOptions common = {});

  /// Replaces the vocabulary; `idf_weights` for "tf_idf". It may begin with the mask token and the
  /// ones for unknown tokens.
  void set_vocabulary(const Tokens& vocabulary, const std::vector<double>& idf_weights = {});
  /// Reads a vocabulary from a text file with a token on each line.
  void load_vocabulary(const std::string& path);
  /// Makes the tokens of `documents` the vocabulary, the most frequent first, among equals the
  /// greatest. Throws ValueError where one was given.
  void adapt(const std::vector<Tokens>& documents);
  /// In the order of their indices.
  Tokens vocabulary(bool include_special_tokens = true) const;
  Dim vocabulary_size() const;

  /// What the layer makes of tokens that have the given shape together.
  Tensor lookup(const Tokens& tokens, const Shape& shape) const;
  /// The tokens that indices stand for.
  Tokens tokens(const Tensor& indices) const;

  bool is_built_when_made() const override { return true; }
  std::string output_dtype(std::size_t i) const override;
  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;

  std::map<std::string, std::string> assets() const override;
  void load_assets(const std::function<const std::string*(const std::string& name)>& read) override;
  std::string variable_name(std::size_t i) const override;

 private:
  using Base::options_;
  static constexpr bool is_text = std::is_same_v<Token, std::string>;

  void build_weights(const Shape& input) override;
  Dim oov_start() const;
  Dim token_start() const { return oov_start() + options_.num_oov_indices; }
  Dim depth() const;
  /// Those of the vocabulary's first places: masks and unknown ones.
  Tokens special_tokens() const;
  void set_tokens(Tokens tokens);
  void set_idf(std::vector<double> weights);
  Dim index_of(const Token& token) const;
  Dim unknown_index_of(const Token& token) const;

  Tokens tokens_;
  std::unordered_map<Token, Dim> indices_;
  std::optional<std::array<std::uint64_t, 2>> salt_;
  /// Of all indices, until the weight is there.
  std::vector<double> idf_;
  Parameter* idf_weights_ = nullptr;
};

using IntegerLookupLayer = IndexLookupLayer<IntegerLookupOptions>;
using StringLookupLayer = IndexLookupLayer<StringLookupOptions>;
using IntegerLookup = Handle<IntegerLookupLayer>;
using StringLookup = Handle<StringLookupLayer>;

extern template class IndexLookupLayer<IntegerLookupOptions>;
extern template class IndexLookupLayer<StringLookupOptions>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
