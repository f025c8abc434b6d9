#pragma once

#include "../../framework/layer_argument.hpp"
#include "recurrent.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RNNOptions {
  /// A Cell: LSTMCell, StackedRNNCells, or one of the program's own; required.
  LayerArgument cell = {};
  // As in RecurrentFlags.
  bool return_sequences = false;
  bool return_state = false;
  bool go_backwards = false;
  bool stateful = false;
  bool unroll = false;
  bool zero_output_for_mask = false;
  bool time_major = false;
  void describe(Fields& fields);
};

/// Any cell run over a sequence (keras.layers.RNN). Input (batch, steps, ...); outputs, initial
/// states and masks as RecurrentLayer says. Throws ValueError where the cell is none.
class RNNLayer final : public RecurrentOptionsLayer<RNNLayer, RNNOptions> {
 public:
  static constexpr std::string_view keras_name = "RNN";
  explicit RNNLayer(Options options = {}, LayerOptions common = {});
};

using RNN = Handle<RNNLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
