#pragma once

#include <memory>
#include <vector>

#include "../../framework/layer_argument.hpp"
#include "cell.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct StackedRNNCellsOptions {
  /// The cells, the first one at the input; required.
  std::vector<LayerArgument> cells = {};
  void describe(Fields& fields);
};

/// Cells one after the other as one cell (keras.layers.StackedRNNCells). Inputs x and the states of
/// all cells; outputs the last cell's and the new states. Throws ValueError where a cell is none.
class StackedRNNCellsLayer final
    : public OptionsLayer<StackedRNNCellsLayer, StackedRNNCellsOptions, FusedCell> {
 public:
  static constexpr std::string_view keras_name = "StackedRNNCells";
  explicit StackedRNNCellsLayer(Options options = {}, LayerOptions common = {});

  const std::vector<std::shared_ptr<Cell>>& cells() const { return cells_; }
  Shape output_shape(const Shape& step) const override;
  Shapes state_shapes(const Shape& step) const override;
  std::shared_ptr<SequenceRun> run_over(Sequence sequence, Context& context) const override;
  std::vector<Sublayer> sublayers() const override;

 private:
  void build_all(const Shapes& inputs) override;

  std::vector<std::shared_ptr<Cell>> cells_;
};

using StackedRNNCells = Handle<StackedRNNCellsLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
