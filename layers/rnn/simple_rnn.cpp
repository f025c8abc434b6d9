#include "simple_rnn.hpp"

#include "cell_options.hpp"
#include "recurrent_options.hpp"
#include "simple_rnn_run.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void SimpleRNNCellOptions::describe(Fields& fields) {
  fields("units", units)("activation", activation)("use_bias", use_bias);
  describe_initializers(fields, *this);
  describe_regularizers(fields, *this);
  describe_constraints(fields, *this);
  describe_dropout(fields, *this);
  fields("seed", seed);
}

SimpleRNNCellLayer::SimpleRNNCellLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)), seed_(seed_or_next(options_.seed)) {
  check_units(*this, options_.units);
  clamp_dropout(options_);
}

void SimpleRNNCellLayer::build_all(const Shapes& inputs) {
  const Dim units = options_.units;
  build_gates(options_, {{inputs[0].back(), units}, {units, units}, {units}});
  set_input_spec({.ndim = 2, .axes = {{-1, inputs[0].back()}}});
}

std::shared_ptr<SequenceRun> SimpleRNNCellLayer::run_over(Sequence sequence,
                                                          Context& context) const {
  const auto batch = static_cast<Dim>(sequence.batch());
  DropoutMasks masks = draw({options_.dropout, options_.recurrent_dropout}, seed_,
                            {batch, build_shapes()[0].back()}, {batch, options_.units}, context);
  return std::make_shared<SimpleRnnRun>(*this, options_.activation, std::move(masks),
                                        std::move(sequence));
}

void SimpleRNNOptions::describe(Fields& fields) {
  describe_flags(fields, *this);
  fields("units", units)("activation", activation)("use_bias", use_bias);
  describe_initializers(fields, *this);
  describe_regularizers(fields, *this);
  fields.activity_regularizer();
  describe_constraints(fields, *this);
  describe_dropout(fields, *this);
  // Keras reads it, and forgets to write it.
  if (fields.reading()) fields("seed", seed);
}

SimpleRNNLayer::SimpleRNNLayer(Options options, LayerOptions common)
    : RecurrentOptionsLayer(std::move(options), std::move(common)) {
  check_units(*this, options_.units);
  clamp_dropout(options_);
  set_input_spec({.ndim = 3});
  SimpleRNNCellOptions cell{.units = options_.units};
  copy_cell_arguments(options_, cell);
  set_cell(std::make_shared<SimpleRNNCellLayer>(
               std::move(cell), LayerOptions{.name = "simple_rnn_cell", .dtype = dtype()}),
           flags_of(options_));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
