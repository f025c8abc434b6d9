#pragma once

#include <optional>
#include <string>
#include <vector>

#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct DiscretizationOptions {
  /// The ends of the bins, ascending: n of them make n + 1 bins. Required.
  std::vector<double> bin_boundaries = {};
  /// Of adapt(), which Keratin has not: must be none.
  std::optional<Dim> num_bins = {};
  /// Of adapt(), without effect.
  double epsilon = 0.01;
  /// "int": the bins' indices; "one_hot", "multi_hot" or "count": vectors of them.
  std::string output_mode = "int";
  void describe(Fields& fields);
};

/// The index of the bin that each number falls into (keras.layers.Discretization). Any shape; a
/// boundary itself belongs to the bin above. Vectors as in CategoryEncoding.
class DiscretizationLayer final : public OptionsLayer<DiscretizationLayer, DiscretizationOptions> {
 public:
  static constexpr std::string_view keras_name = "Discretization";
  explicit DiscretizationLayer(Options options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  void write_config(Json& config) const override;

 private:
  Dim bins() const { return static_cast<Dim>(options_.bin_boundaries.size()) + 1; }
};

using Discretization = Handle<DiscretizationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
