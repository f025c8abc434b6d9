#pragma once

#include <array>
#include <optional>
#include <string>

#include "../../../framework/handle.hpp"
#include "../numbers.hpp"
#include "feature.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct HashingOptions {
  /// How many bins there are; required.
  Dim num_bins = 0;
  /// What stands for nothing: it alone has bin 0.
  std::optional<Feature> mask_value = {};
  /// Two numbers that change the hashes, or one for both.
  std::optional<Numbers> salt = {};
  /// "int": the bins' indices; "one_hot", "multi_hot" or "count": vectors of them.
  std::string output_mode = "int";
  void describe(Fields& fields);
};

/// One of `num_bins` bins for each number or text, by its hash (keras.layers.Hashing: FarmHash64,
/// or SipHash64 with a salt, of the digits or the text).
///
/// Input of any shape, cut to whole numbers; output the same, or vectors as in CategoryEncoding.
/// Texts, which tensors cannot hold, are given to hashed(). Throws ValueError for other modes and
/// salts and without bins.
class HashingLayer final : public OptionsLayer<HashingLayer, HashingOptions> {
 public:
  static constexpr std::string_view keras_name = "Hashing";
  explicit HashingLayer(Options options = {}, LayerOptions common = {});

  /// What the layer makes of features that have the given shape together.
  Tensor hashed(const Features& features, const Shape& shape) const;

  std::string output_dtype(std::size_t i) const override;
  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;

 private:
  Dim bin_of(const Feature& feature) const;

  std::optional<std::array<std::uint64_t, 2>> key_;
};

using Hashing = Handle<HashingLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
