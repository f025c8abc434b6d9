#include "text_vectorization.hpp"

#include <algorithm>

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

using Texts = std::vector<std::string>;

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

Texts words_of(const std::string& text) {
  Texts words;
  std::string word;
  for (const char c : text + ' ') {
    if (!is_space(c)) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

/// The characters of a UTF-8 text.
Texts characters_of(const std::string& text) {
  Texts characters;
  for (const char c : text) {
    // Bytes that begin with the bits 10 go on with a character.
    if (characters.empty() || (static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      characters.emplace_back(1, c);
    } else {
      characters.back() += c;
    }
  }
  return characters;
}

/// Runs of `width` tokens, joined.
Texts joined(const Texts& tokens, std::size_t width) {
  Texts runs;
  for (std::size_t i = 0; i + width <= tokens.size(); ++i) {
    std::string run = tokens[i];
    for (std::size_t k = 1; k < width; ++k) run += " " + tokens[i + k];
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace

void TextVectorizationOptions::describe(Fields& fields) {
  fields("max_tokens", max_tokens)("standardize", standardize)("split", split)("ngrams", ngrams)(
      "output_mode", output_mode)("output_sequence_length", output_sequence_length)(
      "pad_to_max_tokens", pad_to_max_tokens)
      .constant("sparse", false)
      .constant("ragged", false)("vocabulary", vocabulary)("idf_weights", idf_weights)(
          "encoding", encoding)("vocabulary_size", vocabulary_size);
  if (fields.reading()) fields.ignore("has_input_vocabulary");
}

TextVectorizationLayer::TextVectorizationLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  const Options& o = options_;
  if (o.standardize && *o.standardize != "lower_and_strip_punctuation" &&
      *o.standardize != "lower" && *o.standardize != "strip_punctuation") {
    refuse("Unknown value for `standardize` argument. Allowed values are: ",
           "('lower_and_strip_punctuation', 'lower', 'strip_punctuation', None). Received: ",
           "standardize=", *o.standardize);
  }
  if (o.split && *o.split != "whitespace" && *o.split != "character") {
    refuse("Unknown value for `split` argument. Allowed values are: ('whitespace', 'character', ",
           "None). Received: split=", *o.split);
  }
  if (o.ngrams) {
    for (const Number& width : o.ngrams->values()) {
      if (!width.is_integer() || width < 1) {
        refuse("`ngrams` must be None, an integer, or a tuple of integers. Received: ngrams=",
               o.ngrams->text());
      }
    }
  }
  if (o.output_sequence_length && o.output_mode != "int") {
    refuse("`output_sequence_length` must not be set if `output_mode` is not 'int'. Received ",
           "output_sequence_length=", *o.output_sequence_length, ".");
  }
  if (o.output_sequence_length && *o.output_sequence_length < 1) {
    refuse("`output_sequence_length` must be positive. Received: output_sequence_length=",
           *o.output_sequence_length);
  }
  lookup_ = std::make_shared<StringLookupLayer>(
      StringLookupOptions{.max_tokens = o.max_tokens,
                          .mask_token = "",
                          .vocabulary = o.vocabulary,
                          .idf_weights = o.idf_weights,
                          .output_mode = o.output_mode,
                          .pad_to_max_tokens = o.pad_to_max_tokens,
                          .encoding = o.encoding,
                          .vocabulary_size = o.vocabulary_size});
  options_.output_mode = lookup_->options().output_mode;
}

Texts TextVectorizationLayer::tokens_of(const std::string& text) const {
  const std::string way = options_.standardize.value_or("");
  std::string standard;
  for (const char c : text) {
    if (way.ends_with("strip_punctuation") && is_punctuation(c)) continue;
    const bool lowers = way.starts_with("lower") && c >= 'A' && c <= 'Z';
    standard += lowers ? static_cast<char>(c - 'A' + 'a') : c;
  }
  Texts tokens = !options_.split                   ? Texts{standard}
                 : *options_.split == "whitespace" ? words_of(standard)
                                                   : characters_of(standard);
  if (!options_.ngrams) return tokens;
  std::vector<std::size_t> widths;
  for (const double width : options_.ngrams->values())
    widths.push_back(static_cast<std::size_t>(width));
  if (!options_.ngrams->is_list()) {
    const std::size_t most = widths[0];
    widths.clear();
    for (std::size_t width = 1; width <= most; ++width) widths.push_back(width);
  }
  Texts all;
  for (const std::size_t width : widths) {
    Texts runs = joined(tokens, width);
    all.insert(all.end(), runs.begin(), runs.end());
  }
  return all;
}

Tensor TextVectorizationLayer::vectorize(const Texts& documents) const {
  std::vector<Texts> rows;
  std::size_t longest = 0;
  for (const std::string& document : documents) {
    rows.push_back(tokens_of(document));
    longest = std::max(longest, rows.back().size());
  }
  const auto count = static_cast<Dim>(rows.size());
  if (options_.output_mode == "int") {
    const auto length = options_.output_sequence_length
                            ? static_cast<std::size_t>(*options_.output_sequence_length)
                            : longest;
    Texts padded;
    for (Texts& row : rows) {
      row.resize(length);
      padded.insert(padded.end(), row.begin(), row.end());
    }
    return lookup_->lookup(padded, {count, static_cast<Dim>(length)});
  }
  // What is filled up is the mask token, which vectors leave out.
  Texts padded;
  for (Texts& row : rows) {
    row.resize(longest);
    padded.insert(padded.end(), row.begin(), row.end());
  }
  return lookup_->lookup(padded, {count, static_cast<Dim>(longest)});
}

void TextVectorizationLayer::adapt(const Texts& documents) {
  std::vector<Texts> rows;
  for (const std::string& document : documents) rows.push_back(tokens_of(document));
  lookup_->adapt(rows);
}

void TextVectorizationLayer::set_vocabulary(const Texts& vocabulary,
                                            const std::vector<double>& idf_weights) {
  lookup_->set_vocabulary(vocabulary, idf_weights);
}

Texts TextVectorizationLayer::vocabulary(bool include_special_tokens) const {
  return lookup_->vocabulary(include_special_tokens);
}

std::vector<Sublayer> TextVectorizationLayer::sublayers() const {
  return {{"_lookup_layer", lookup_.get()}};
}

void TextVectorizationLayer::build_weights(const Shape& input) { lookup_->build({input}); }

Shape TextVectorizationLayer::compute_output_shape(const Shape& input) const {
  const Dim count = input.empty() ? 1 : input[0];
  if (options_.output_mode == "int")
    return {count, options_.output_sequence_length.value_or(unknown)};
  return lookup_->compute_output_shape({count, unknown});
}

Tensor TextVectorizationLayer::forward(const Tensor& /*input*/, Context& /*context*/) const {
  refuse("takes texts, which tensors cannot hold: call vectorize()");
}

Tensor TextVectorizationLayer::backward(Tensor /*gradient*/, Context& context) const {
  return zeros(shape_of(context.input()));
}

void TextVectorizationLayer::write_config(Json& config) const {
  OptionsLayer::write_config(config);
  config["vocabulary_size"] = vocabulary_size();
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
