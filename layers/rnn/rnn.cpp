#include "rnn.hpp"

#include "recurrent_options.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RNNOptions::describe(Fields& fields) {
  describe_flags(fields, *this);
  fields("cell", cell);
}

RNNLayer::RNNLayer(Options options, LayerOptions common)
    : RecurrentOptionsLayer(std::move(options), std::move(common)) {
  if (!options_.cell) refuse("Argument `cell` should have a `call` method. Received: cell=None");
  auto cell = std::dynamic_pointer_cast<Cell>(options_.cell.shared());
  if (!cell) {
    refuse("The RNN cell should have a `state_size` attribute (single integer or list of ",
           "integers, one integer per RNN state). Received: cell=", options_.cell->label());
  }
  set_cell(std::move(cell), flags_of(options_));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
