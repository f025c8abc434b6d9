#pragma once

#include <optional>
#include <string>
#include <vector>

#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct DiscretizationOptions {
  /// The ends of the bins, ascending: n of them make n + 1 bins. None: adapt() finds them.
  std::vector<double> bin_boundaries = {};
  /// How many bins adapt() makes; none where boundaries are given.
  std::optional<Dim> num_bins = {};
  /// How exactly adapt() does it: of at most 1 / epsilon values it keeps.
  double epsilon = 0.01;
  /// "int": the bins' indices; "one_hot", "multi_hot" or "count": vectors of them.
  std::string output_mode = "int";
  void describe(Fields& fields);
};

/// The index of the bin that each number falls into (keras.layers.Discretization). Any shape; a
/// boundary itself belongs to the bin above. Vectors as in CategoryEncoding. Throws ValueError
/// unless either boundaries or a number of bins are given.
class DiscretizationLayer final : public OptionsLayer<DiscretizationLayer, DiscretizationOptions> {
 public:
  static constexpr std::string_view keras_name = "Discretization";
  explicit DiscretizationLayer(Options options = {}, LayerOptions common = {});

  /// Makes boundaries that put equally many of `data` into each of num_bins bins, as far as epsilon
  /// lets it. Throws ValueError where boundaries were given.
  void adapt(const Tensor& data);

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  void write_config(Json& config) const override;

 private:
  Dim bins() const { return static_cast<Dim>(options_.bin_boundaries.size()) + 1; }
};

using Discretization = Handle<DiscretizationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
