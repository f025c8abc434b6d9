#pragma once

#include "merge.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// The layers below take a list of at least one tensor: Add()({a, b}).
template <class Derived>
using MergeOf = OptionsLayer<Derived, NoOptions, MergeLayer>;

/// The sum of the inputs (keras.layers.Add).
class AddLayer final : public MergeOf<AddLayer> {
 public:
  static constexpr std::string_view keras_name = "Add";
  using OptionsLayer::OptionsLayer;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;

 private:
  void merge(real* sum, const real* x, std::size_t count) const override;
  void scale_gradient(std::size_t i, const std::vector<const real*>& inputs, const real* output,
                      real* dy, std::size_t count) const override;
  bool needs_inputs() const override { return false; }
};
using Add = Handle<AddLayer>;

/// The first input minus the second, of exactly two (keras.layers.Subtract).
class SubtractLayer final : public MergeOf<SubtractLayer> {
 public:
  static constexpr std::string_view keras_name = "Subtract";
  using OptionsLayer::OptionsLayer;

 private:
  void check_count(const Shapes& inputs) const override;
  void merge(real* sum, const real* x, std::size_t count) const override;
  void scale_gradient(std::size_t i, const std::vector<const real*>& inputs, const real* output,
                      real* dy, std::size_t count) const override;
  bool needs_inputs() const override { return false; }
};
using Subtract = Handle<SubtractLayer>;

/// The product of the inputs (keras.layers.Multiply).
class MultiplyLayer final : public MergeOf<MultiplyLayer> {
 public:
  static constexpr std::string_view keras_name = "Multiply";
  using OptionsLayer::OptionsLayer;

 private:
  void merge(real* product, const real* x, std::size_t count) const override;
  void scale_gradient(std::size_t i, const std::vector<const real*>& inputs, const real* output,
                      real* dy, std::size_t count) const override;
};
using Multiply = Handle<MultiplyLayer>;

/// The mean of the inputs (keras.layers.Average).
class AverageLayer final : public MergeOf<AverageLayer> {
 public:
  static constexpr std::string_view keras_name = "Average";
  using OptionsLayer::OptionsLayer;

 private:
  void merge(real* sum, const real* x, std::size_t count) const override;
  void finish(real* output, std::size_t count, std::size_t inputs) const override;
  void scale_gradient(std::size_t i, const std::vector<const real*>& inputs, const real* output,
                      real* dy, std::size_t count) const override;
};
using Average = Handle<AverageLayer>;

/// The largest of the inputs (keras.layers.Maximum). The gradient goes to the first that is it.
class MaximumLayer final : public MergeOf<MaximumLayer> {
 public:
  static constexpr std::string_view keras_name = "Maximum";
  using OptionsLayer::OptionsLayer;

 private:
  void merge(real* largest, const real* x, std::size_t count) const override;
  void scale_gradient(std::size_t i, const std::vector<const real*>& inputs, const real* output,
                      real* dy, std::size_t count) const override;
};
using Maximum = Handle<MaximumLayer>;

/// The smallest of the inputs (keras.layers.Minimum). The gradient goes to the first that is it.
class MinimumLayer final : public MergeOf<MinimumLayer> {
 public:
  static constexpr std::string_view keras_name = "Minimum";
  using OptionsLayer::OptionsLayer;

 private:
  void merge(real* smallest, const real* x, std::size_t count) const override;
  void scale_gradient(std::size_t i, const std::vector<const real*>& inputs, const real* output,
                      real* dy, std::size_t count) const override;
};
using Minimum = Handle<MinimumLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
