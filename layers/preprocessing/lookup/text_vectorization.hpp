#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "index_lookup.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct TextVectorizationOptions {
  /// The most tokens that the vocabulary holds, those for padding and unknown ones included.
  std::optional<Dim> max_tokens = {};
  /// "lower_and_strip_punctuation", "lower" or "strip_punctuation", of ASCII; none: texts stay.
  std::optional<std::string> standardize = "lower_and_strip_punctuation";
  /// "whitespace" or "character"; none: each text is a token.
  std::optional<std::string> split = "whitespace";
  /// How many tokens are joined to one: up to a number of them, or as many as a list says.
  std::optional<Numbers> ngrams = {};
  /// "int": indices; "one_hot" (of single tokens), "multi_hot", "count" or "tf_idf": vectors.
  std::string output_mode = "int";
  /// For "int": texts are cut or filled with zeros; none: as long as the longest.
  std::optional<Dim> output_sequence_length = {};
  bool pad_to_max_tokens = false;
  std::optional<std::vector<std::string>> vocabulary = {};
  std::optional<std::vector<double>> idf_weights = {};
  /// "utf-8" only.
  std::string encoding = "utf-8";
  /// Of the vocabulary: files note it.
  std::optional<Dim> vocabulary_size = {};
  void describe(Fields& fields);
};

/// Indices of the words of texts, or vectors of them (keras.layers.TextVectorization).
///
/// Tensors hold numbers, so texts are given to vectorize(), one document each; the result is
/// (documents, length) or (documents, vocabulary_size()). The layer itself refuses to be called.
/// Throws ValueError for arguments that contradict each other.
class TextVectorizationLayer final
    : public OptionsLayer<TextVectorizationLayer, TextVectorizationOptions>,
      public StoresAssets {
 public:
  static constexpr std::string_view keras_name = "TextVectorization";
  explicit TextVectorizationLayer(Options options = {}, LayerOptions common = {});

  /// The tokens of a text.
  std::vector<std::string> tokens_of(const std::string& text) const;
  Tensor vectorize(const std::vector<std::string>& documents) const;
  void adapt(const std::vector<std::string>& documents);
  void set_vocabulary(const std::vector<std::string>& vocabulary,
                      const std::vector<double>& idf_weights = {});
  std::vector<std::string> vocabulary(bool include_special_tokens = true) const;
  Dim vocabulary_size() const { return lookup_->vocabulary_size(); }

  bool is_built_when_made() const override { return true; }
  std::vector<Sublayer> sublayers() const override;
  std::string output_dtype(std::size_t i) const override { return lookup_->output_dtype(i); }
  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  void write_config(Json& config) const override;

  std::map<std::string, std::string> assets() const override { return lookup_->assets(); }
  void load_assets(
      const std::function<const std::string*(const std::string& name)>& read) override {
    lookup_->load_assets(read);
  }

 private:
  void build_weights(const Shape& input) override;

  std::shared_ptr<StringLookupLayer> lookup_;
};

using TextVectorization = Handle<TextVectorizationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
