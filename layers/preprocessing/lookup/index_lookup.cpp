#include "index_lookup.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>
#include <set>

#include "../../../framework/fields_impl.hpp"
#include "../../../framework/io/atomic_file.hpp"
#include "../encoding.hpp"
#include "salt.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

std::string text_of(Dim token) { return std::to_string(token); }
const std::string& text_of(const std::string& token) { return token; }

/// The old names of output modes.
void modernize(std::string& mode) {
  if (mode == "binary") mode = "multi_hot";
  if (mode == "tf-idf") mode = "tf_idf";
}

/// The arguments that both layers have before their own, in Keras's order.
template <class Options>
void describe_lookup(Fields& fields, Options& o) {
  fields("invert", o.invert)("max_tokens", o.max_tokens)("num_oov_indices", o.num_oov_indices)(
      "oov_token", o.oov_token)("mask_token", o.mask_token)("output_mode", o.output_mode)
      .constant("sparse", false)("pad_to_max_tokens", o.pad_to_max_tokens);
  if constexpr (requires { o.vocabulary_dtype; }) fields("vocabulary_dtype", o.vocabulary_dtype);
  fields("idf_weights", o.idf_weights)("vocabulary", o.vocabulary)(
      "vocabulary_size", o.vocabulary_size)("oov_method", o.oov_method)("salt", o.salt);
  if (fields.reading()) fields.ignore("has_input_vocabulary");
}

}  // namespace

void IntegerLookupOptions::describe(Fields& fields) { describe_lookup(fields, *this); }
void StringLookupOptions::describe(Fields& fields) {
  describe_lookup(fields, *this);
  fields("encoding", encoding);
}

template <class O>
IndexLookupLayer<O>::IndexLookupLayer(O options, LayerOptions common)
    : Base(std::move(options), std::move(common)) {
  O& o = options_;
  modernize(o.output_mode);
  if (o.max_tokens && *o.max_tokens <= 1) {
    this->refuse("If set, `max_tokens` must be greater than 1. Received: max_tokens=",
                 *o.max_tokens);
  }
  if (o.pad_to_max_tokens && !o.max_tokens) {
    this->refuse("If pad_to_max_tokens is True, must set `max_tokens`. Received: max_tokens=None");
  }
  if (o.num_oov_indices < 0) {
    this->refuse("`num_oov_indices` must be greater than or equal to 0. Received: ",
                 "num_oov_indices=", o.num_oov_indices);
  }
  if (o.oov_method != "floormod" && o.oov_method != "farmhash") {
    this->refuse("Unknown value for `oov_method` argument. Allowed values are: ('floormod', ",
                 "'farmhash'). Received: oov_method=", o.oov_method);
  }
  const std::array<std::string_view, 5> modes{"int", "one_hot", "multi_hot", "count", "tf_idf"};
  if (std::ranges::find(modes, o.output_mode) == modes.end()) {
    this->refuse(
        "Unknown value for `output_mode` argument. Allowed values are: ('int', 'one_hot', ",
        "'multi_hot', 'count', 'tf_idf'). Received: output_mode=", o.output_mode);
  }
  if (o.invert && o.output_mode != "int") {
    this->refuse("`output_mode` must be `'int'` when `invert` is true. Received: output_mode=",
                 o.output_mode);
  }
  if (o.idf_weights && o.output_mode != "tf_idf") {
    this->refuse("`idf_weights` should only be set if `output_mode` is `'tf_idf'`. Received: ",
                 "idf_weights=", *o.idf_weights, " and output_mode=", o.output_mode);
  }
  if (o.output_mode == "tf_idf" && o.vocabulary && !o.idf_weights) {
    this->refuse("When specifying the `vocabulary` argument, in TF-IDF output mode, the ",
                 "`idf_weights` argument must also be provided.");
  }
  if constexpr (is_text) {
    if (o.encoding != "utf-8")
      this->refuse("`encoding` must be 'utf-8'. Received: encoding=", o.encoding);
  } else {
    if (o.vocabulary_dtype != "int64") {
      this->refuse("Only `vocabulary_dtype='int64'` is supported at this time. Received: ",
                   "vocabulary_dtype=", o.vocabulary_dtype);
    }
  }
  salt_ = salt_key(*this, o.salt);
  if (o.vocabulary) {
    set_vocabulary(*o.vocabulary, o.idf_weights.value_or(std::vector<double>{}));
  }
}

template <class O>
Dim IndexLookupLayer<O>::oov_start() const {
  return options_.mask_token && options_.output_mode == "int" ? 1 : 0;
}

template <class O>
typename IndexLookupLayer<O>::Tokens IndexLookupLayer<O>::special_tokens() const {
  Tokens special;
  if (oov_start() == 1) special.push_back(*options_.mask_token);
  for (Dim i = 0; i < options_.num_oov_indices; ++i)
    special.push_back(options_.oov_token.value_or(Token{}));
  return special;
}

template <class O>
Dim IndexLookupLayer<O>::vocabulary_size() const {
  return token_start() + static_cast<Dim>(tokens_.size());
}

template <class O>
Dim IndexLookupLayer<O>::depth() const {
  if (options_.pad_to_max_tokens) return *options_.max_tokens;
  if (!options_.vocabulary_size) {
    this->refuse("When using `output_mode=", options_.output_mode,
                 "` and `pad_to_max_tokens=False`",
                 ", you must set the layer's vocabulary before calling it. Either pass a ",
                 "`vocabulary` argument to the layer, or call `adapt` with some sample data.");
  }
  return *options_.vocabulary_size;
}

template <class O>
typename IndexLookupLayer<O>::Tokens IndexLookupLayer<O>::vocabulary(
    bool include_special_tokens) const {
  Tokens all = include_special_tokens ? special_tokens() : Tokens();
  all.insert(all.end(), tokens_.begin(), tokens_.end());
  return all;
}

template <class O>
void IndexLookupLayer<O>::set_tokens(Tokens tokens) {
  std::set<Token> seen;
  std::vector<std::string> repeated;
  for (const Token& token : tokens) {
    if (!seen.insert(token).second) repeated.push_back(text_of(token));
  }
  if (!repeated.empty()) {
    this->refuse("The passed vocabulary has at least one repeated term. Please uniquify your ",
                 "dataset. The repeated terms are: ", repeated);
  }
  const auto refuse_reserved = [&](const char* which, const Token& token) {
    this->refuse("Found reserved ", which,
                 " token at unexpected location in `vocabulary`. Note that ",
                 "passed `vocabulary` does not need to include the OOV and mask tokens. Either ",
                 "remove all mask and OOV tokens, or include them only at the start of the ",
                 "vocabulary. Received: ", token);
  };
  if (options_.mask_token && seen.contains(*options_.mask_token))
    refuse_reserved("mask", *options_.mask_token);
  if (options_.oov_token && options_.invert && seen.contains(*options_.oov_token))
    refuse_reserved("OOV", *options_.oov_token);
  const Dim size = token_start() + static_cast<Dim>(tokens.size());
  if (options_.max_tokens && size > *options_.max_tokens) {
    this->refuse("Attempted to set a vocabulary larger than the maximum vocab size. Received ",
                 "vocabulary size is ", size, "; `max_tokens` is ", *options_.max_tokens, ".");
  }
  const bool is_fixed = options_.output_mode != "int" && !options_.pad_to_max_tokens;
  if (is_fixed && options_.vocabulary_size && *options_.vocabulary_size != size && this->built()) {
    this->refuse(
        "When using `output_mode=", options_.output_mode, "` and `pad_to_max_tokens=False`",
        ", the vocabulary size cannot be changed after the layer is called. Old vocab size ", "is ",
        *options_.vocabulary_size, ", new vocab size is ", size);
  }
  tokens_ = std::move(tokens);
  indices_.clear();
  for (std::size_t i = 0; i < tokens_.size(); ++i)
    indices_[tokens_[i]] = token_start() + static_cast<Dim>(i);
  options_.vocabulary_size = size;
}

template <class O>
void IndexLookupLayer<O>::set_idf(std::vector<double> weights) {
  weights.resize(static_cast<std::size_t>(depth()), 0.0);
  idf_ = std::move(weights);
  if (!idf_weights_) return;
  Tensor values = empty(shape_of(idf_weights_->value()));
  std::ranges::transform(idf_, values.begin(), [](double w) { return static_cast<real>(w); });
  idf_weights_->assign(std::move(values));
}

template <class O>
void IndexLookupLayer<O>::set_vocabulary(const Tokens& vocabulary,
                                         const std::vector<double>& idf_weights) {
  const bool weighted = options_.output_mode == "tf_idf";
  if (weighted && idf_weights.empty())
    this->refuse("`idf_weights` must be set if output_mode is 'tf_idf'.");
  if (!weighted && !idf_weights.empty()) {
    this->refuse("`idf_weights` should only be set if output_mode is `'tf_idf'`. Received: ",
                 "output_mode=", options_.output_mode, " and idf_weights=", idf_weights);
  }
  if (vocabulary.empty()) this->refuse("Cannot set an empty vocabulary. Received: vocabulary=[]");
  if (weighted && vocabulary.size() != idf_weights.size()) {
    this->refuse("`idf_weights` must be the same length as vocabulary. len(idf_weights) is ",
                 idf_weights.size(), "; len(vocabulary) is ", vocabulary.size());
  }
  const Tokens special = special_tokens();
  const bool has_special = vocabulary.size() >= special.size() &&
                           std::equal(special.begin(), special.end(), vocabulary.begin());
  const auto first =
      vocabulary.begin() + static_cast<std::ptrdiff_t>(has_special ? special.size() : 0);
  set_tokens(Tokens(first, vocabulary.end()));
  if (!weighted) return;
  // Those for which no weight was given have the mean of the others.
  std::vector<double> weights(has_special ? 0 : special.size(),
                              std::accumulate(idf_weights.begin(), idf_weights.end(), 0.0) /
                                  static_cast<double>(idf_weights.size()));
  weights.insert(weights.end(), idf_weights.begin(), idf_weights.end());
  set_idf(std::move(weights));
}

template <class O>
void IndexLookupLayer<O>::adapt(const std::vector<Tokens>& documents) {
  if (options_.vocabulary) {
    this->refuse("Cannot adapt layer '", this->name(), "' after setting a static vocabulary via ",
                 "`vocabulary` argument or `set_vocabulary()` method.");
  }
  std::map<Token, std::pair<std::size_t, std::size_t>> counts;  // in all, in how many documents
  for (const Tokens& document : documents) {
    for (const Token& token : document) ++counts[token].first;
    for (const Token& token : std::set<Token>(document.begin(), document.end()))
      ++counts[token].second;
  }
  if (options_.mask_token) counts.erase(*options_.mask_token);
  if (options_.oov_token) counts.erase(*options_.oov_token);
  std::vector<std::pair<std::size_t, Token>> order;
  for (const auto& [token, count] : counts) order.emplace_back(count.first, token);
  std::ranges::sort(order, std::greater<>());
  if (options_.max_tokens) {
    const auto most =
        static_cast<std::size_t>(std::max<Dim>(*options_.max_tokens - token_start(), 0));
    if (order.size() > most) order.resize(most);
  }
  Tokens tokens;
  std::vector<double> weights;
  for (const auto& [count, token] : order) {
    tokens.push_back(token);
    weights.push_back(std::log(1 + static_cast<double>(documents.size()) /
                                       (1 + static_cast<double>(counts.at(token).second))));
  }
  set_tokens(std::move(tokens));
  if (options_.output_mode != "tf_idf") return;
  const double mean = weights.empty() ? 0
                                      : std::accumulate(weights.begin(), weights.end(), 0.0) /
                                            static_cast<double>(weights.size());
  weights.insert(weights.begin(), static_cast<std::size_t>(token_start()), mean);
  set_idf(std::move(weights));
}

template <class O>
Dim IndexLookupLayer<O>::unknown_index_of(const Token& token) const {
  const Dim count = options_.num_oov_indices;
  if (count == 0) {
    this->refuse("When `num_oov_indices=0` all inputs should be in vocabulary, found OOV values ",
                 token, ", consider setting `num_oov_indices=1`.");
  }
  if (count == 1) return oov_start();
  if constexpr (!is_text) {
    if (options_.oov_method == "floormod") return oov_start() + ((token % count) + count) % count;
  }
  return oov_start() + bucket_of(text_of(token), count, salt_);
}

template <class O>
Dim IndexLookupLayer<O>::index_of(const Token& token) const {
  // Negative indices are dropped from vectors.
  if (options_.mask_token && token == *options_.mask_token) return oov_start() == 1 ? 0 : -1;
  const auto found = indices_.find(token);
  return found != indices_.end() ? found->second : unknown_index_of(token);
}

template <class O>
Tensor IndexLookupLayer<O>::lookup(const Tokens& tokens, const Shape& shape) const {
  if (options_.invert) this->refuse("gives tokens, as `invert` says: call tokens()");
  Tensor indices = empty(shape);
  if (indices.size() != tokens.size()) {
    throw ShapeError(concat(this->label(), ": ", tokens.size(), " tokens do not have the shape ",
                            tuple_text(shape)));
  }
  std::ranges::transform(tokens, indices.begin(),
                         [&](const Token& token) { return static_cast<real>(index_of(token)); });
  const std::string& mode = options_.output_mode;
  if (mode == "int") return indices;
  Tensor output = Encoding(mode == "tf_idf" ? "count" : mode).encode(indices, depth());
  if (mode != "tf_idf") return output;
  const auto width = static_cast<std::size_t>(depth());
  for (std::size_t k = 0; k < output.size(); ++k) {
    output.data()[k] *= idf_weights_ ? idf_weights_->value().data()[k % width]
                                     : static_cast<real>(idf_.at(k % width));
  }
  return output;
}

template <class O>
typename IndexLookupLayer<O>::Tokens IndexLookupLayer<O>::tokens(const Tensor& indices) const {
  Tokens all;
  for (const real value : indices) {
    const Dim index = integer_of(*this, value) - token_start();
    if (oov_start() == 1 && value == 0) {
      all.push_back(*options_.mask_token);
    } else if (index >= 0 && index < static_cast<Dim>(tokens_.size())) {
      all.push_back(tokens_[static_cast<std::size_t>(index)]);
    } else {
      all.push_back(options_.oov_token.value_or(Token{}));
    }
  }
  return all;
}

template <class O>
std::string IndexLookupLayer<O>::output_dtype(std::size_t /*i*/) const {
  return options_.output_mode == "int" ? "int64" : "float32";
}

template <class O>
void IndexLookupLayer<O>::build_weights(const Shape& /*input*/) {
  if (options_.output_mode != "tf_idf") return;
  idf_weights_ = &this->add_weight({.name = "idf_weights", .shape = {depth()}, .trainable = false});
  if (!idf_.empty()) set_idf(idf_);
}

template <class O>
Shape IndexLookupLayer<O>::compute_output_shape(const Shape& input) const {
  const std::string& mode = options_.output_mode;
  if (mode == "int") return input;
  return Encoding(mode == "tf_idf" ? "count" : mode).output_shape(input, depth());
}

template <class O>
Tensor IndexLookupLayer<O>::forward(const Tensor& input, Context& /*context*/) const {
  if constexpr (is_text) {
    this->refuse(options_.invert ? "gives strings, which tensors cannot hold: call tokens()"
                                 : "takes strings, which tensors cannot hold: call lookup()");
  } else {
    Tokens given;
    if (options_.invert) {
      given = tokens(input);
      Tensor output = empty(shape_of(input));
      std::ranges::transform(given, output.begin(), [](Dim t) { return static_cast<real>(t); });
      return output;
    }
    for (const real value : input) given.push_back(integer_of(*this, value));
    return lookup(given, shape_of(input));
  }
}

template <class O>
Tensor IndexLookupLayer<O>::backward(Tensor /*gradient*/, Context& context) const {
  return zeros(shape_of(context.input()));
}

template <class O>
std::map<std::string, std::string> IndexLookupLayer<O>::assets() const {
  // A vocabulary that was given is in the config.
  if (options_.vocabulary) return {};
  std::string text;
  for (const Token& token : vocabulary()) {
    text += text_of(token);
    text += '\n';
  }
  if (!text.empty()) text.pop_back();
  return {{"vocabulary.txt", text}};
}

template <class O>
void IndexLookupLayer<O>::load_assets(
    const std::function<const std::string*(const std::string& name)>& read) {
  if (options_.vocabulary) return;
  const std::string* const text = read("vocabulary.txt");
  if (!text) return;
  Tokens tokens;
  for (std::size_t begin = 0; begin < text->size();) {
    const std::size_t end = std::min(text->find('\n', begin), text->size());
    const std::string line = text->substr(begin, end - begin);
    begin = end + 1;
    if constexpr (is_text) {
      tokens.push_back(line);
    } else {
      Dim number = 0;
      const auto [last, error] = std::from_chars(line.data(), line.data() + line.size(), number);
      if (error != std::errc() || last != line.data() + line.size())
        this->refuse("expected a whole number on each line of its vocabulary. Received: ", line);
      tokens.push_back(number);
    }
  }
  const Tokens special = special_tokens();
  const bool has_special =
      tokens.size() >= special.size() && std::equal(special.begin(), special.end(), tokens.begin());
  if (has_special)
    tokens.erase(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(special.size()));
  if (!tokens.empty()) set_tokens(std::move(tokens));
}

template <class O>
void IndexLookupLayer<O>::load_vocabulary(const std::string& path) {
  if (options_.output_mode == "tf_idf")
    this->refuse("output_mode `'tf_idf'` does not support loading a vocabulary from file.");
  const std::string text = io::read_file(path);
  load_assets([&](const std::string&) { return &text; });
}

template <class O>
std::string IndexLookupLayer<O>::variable_name(std::size_t i) const {
  return i == 0 ? "idf_weights" : std::string();
}

template class IndexLookupLayer<IntegerLookupOptions>;
template class IndexLookupLayer<StringLookupOptions>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
