#include "stacked_rnn_cells.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "../../framework/fields_impl.hpp"
#include "../../framework/naming.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// Each cell in turn runs over the whole sequence, which comes to the same as all at each step.
class StackedRun final : public SequenceRun {
 public:
  StackedRun(const std::vector<std::shared_ptr<Cell>>& cells, Sequence sequence, Context& context)
      : SequenceRun({.x = {}, .mask = sequence.mask, .states = {}}) {
    auto state = sequence.states.begin();
    for (std::size_t k = 0; k < cells.size(); ++k) {
      Shape shape = shape_of(sequence.x);
      const Shape step(shape.begin() + 1, shape.end());
      Sequence part{.x = std::move(sequence.x), .mask = sequence.mask, .states = {}};
      counts_.push_back(static_cast<std::ptrdiff_t>(cells[k]->state_shapes(step).size()));
      for (std::ptrdiff_t i = 0; i < counts_[k]; ++i) part.states.push_back(std::move(*state++));
      runs_.push_back(run_cell(*cells[k], std::move(part), context.child(k)));
      if (k + 1 == cells.size()) break;
      Shape next = cells[k]->output_shape(step);
      next.insert(next.begin(), shape[0]);
      sequence.x = empty(next);
      std::copy_n(runs_[k]->outputs(), sequence.x.size(), sequence.x.data());
    }
  }

  const real* outputs() const override { return runs_.back()->outputs(); }

  Tensors final_states() const override {
    Tensors states;
    for (const auto& run : runs_)
      std::ranges::move(run->final_states(), std::back_inserter(states));
    return states;
  }

  SequenceGradients backward(Tensor output_gradients, Tensors state_gradients, bool wants_x,
                             Context& context) override {
    SequenceGradients result;
    auto last = state_gradients.end();
    std::vector<Tensors> of_cells(runs_.size());
    for (std::size_t k = runs_.size(); k-- > 0;) {
      const auto first = last - counts_[k];
      SequenceGradients gradients =
          runs_[k]->backward(std::move(output_gradients),
                             Tensors(std::make_move_iterator(first), std::make_move_iterator(last)),
                             wants_x || k > 0, context.child(k));
      last = first;
      output_gradients = std::move(gradients.x);
      of_cells[k] = std::move(gradients.states);
    }
    result.x = std::move(output_gradients);
    for (Tensors& states : of_cells) std::ranges::move(states, std::back_inserter(result.states));
    return result;
  }

 private:
  std::vector<std::shared_ptr<SequenceRun>> runs_;
  std::vector<std::ptrdiff_t> counts_;  // of each cell's states
};

}  // namespace

void StackedRNNCellsOptions::describe(Fields& fields) { fields("cells", cells); }

StackedRNNCellsLayer::StackedRNNCellsLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  for (const LayerArgument& cell : options_.cells) {
    if (!cell)
      refuse("All cells must have a `call` method. Received cell without a `call` method: None");
    cells_.push_back(std::dynamic_pointer_cast<Cell>(cell.shared()));
    if (!cells_.back()) {
      refuse("All cells must have a `state_size` attribute. Received cell without a ",
             "`state_size`: ", cell->label());
    }
    if (!trainable()) cell->set_trainable(false);
  }
  if (cells_.empty()) refuse("needs at least one cell. Received: cells=[]");
}

Shape StackedRNNCellsLayer::output_shape(const Shape& step) const {
  Shape shape = step;
  for (const auto& cell : cells_) shape = cell->output_shape(shape);
  return shape;
}

Shapes StackedRNNCellsLayer::state_shapes(const Shape& step) const {
  Shape shape = step;
  Shapes all;
  for (const auto& cell : cells_) {
    std::ranges::move(cell->state_shapes(shape), std::back_inserter(all));
    shape = cell->output_shape(shape);
  }
  return all;
}

void StackedRNNCellsLayer::build_all(const Shapes& inputs) {
  Shape shape = inputs[0];
  for (const auto& cell : cells_) {
    cell->build({shape});
    shape = cell->output_shape(shape);
  }
}

std::shared_ptr<SequenceRun> StackedRNNCellsLayer::run_over(Sequence sequence,
                                                            Context& context) const {
  return std::make_shared<StackedRun>(cells_, std::move(sequence), context);
}

std::vector<Sublayer> StackedRNNCellsLayer::sublayers() const {
  std::vector<Sublayer> all;
  std::map<std::string, int> counts;
  for (const auto& cell : cells_) {
    const std::string name = to_snake_case(cell->class_name());
    const int count = counts[name]++;
    all.push_back({"cells/" + name + (count ? "_" + std::to_string(count) : ""), cell.get()});
  }
  return all;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
