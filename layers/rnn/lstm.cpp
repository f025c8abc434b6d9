#include "lstm.hpp"

#include "cell_options.hpp"
#include "lstm_run.hpp"
#include "recurrent_options.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void LSTMCellOptions::describe(Fields& fields) {
  fields("units", units)("activation", activation)("recurrent_activation", recurrent_activation)(
      "use_bias", use_bias)("unit_forget_bias", unit_forget_bias);
  describe_initializers(fields, *this);
  describe_regularizers(fields, *this);
  describe_constraints(fields, *this);
  describe_dropout(fields, *this);
  fields("seed", seed);
}

LSTMCellLayer::LSTMCellLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)), seed_(seed_or_next(options_.seed)) {
  check_units(*this, options_.units);
  clamp_dropout(options_);
}

Shapes LSTMCellLayer::state_shapes(const Shape& step) const {
  return {{step[0], options_.units}, {step[0], options_.units}};
}

void LSTMCellLayer::build_all(const Shapes& inputs) {
  const Dim gates = 4 * options_.units;
  build_gates(options_, {{inputs[0].back(), gates}, {options_.units, gates}, {gates}});
  if (options_.unit_forget_bias) set_forget_bias(options_.bias_initializer, options_.units);
  set_input_spec({.ndim = 2, .axes = {{-1, inputs[0].back()}}});
}

std::shared_ptr<SequenceRun> LSTMCellLayer::run_over(Sequence sequence, Context& context) const {
  const auto batch = static_cast<Dim>(sequence.batch());
  auto maps = std::make_unique<LstmRun::Maps>();
  maps->masks = draw(GateDropout(options_.dropout, options_.recurrent_dropout, 4), seed_,
                     {batch, build_shapes()[0].back()}, {batch, options_.units}, context);
  maps->input =
      std::make_unique<DenseGates>(kernel().value(), bias() ? bias()->value().data() : nullptr,
                                   GateRange{4, 0, 4}, batch, maps->masks.input);
  maps->recurrent = std::make_unique<DenseGates>(recurrent_kernel().value(), nullptr,
                                                 GateRange{4, 0, 4}, batch, maps->masks.recurrent);
  return std::make_shared<LstmRun>(*this, std::move(maps), options_.activation,
                                   options_.recurrent_activation, options_.units,
                                   std::move(sequence));
}

void LSTMOptions::describe(Fields& fields) {
  describe_flags(fields, *this);
  fields("units", units)("activation", activation)("recurrent_activation", recurrent_activation)(
      "use_bias", use_bias);
  describe_initializers(fields, *this);
  fields("unit_forget_bias", unit_forget_bias);
  describe_regularizers(fields, *this);
  fields.activity_regularizer();
  describe_constraints(fields, *this);
  describe_dropout(fields, *this);
  fields("seed", seed);
  describe_cudnn(fields, use_cudnn);
}

LSTMLayer::LSTMLayer(Options options, LayerOptions common)
    : RecurrentOptionsLayer(std::move(options), std::move(common)) {
  check_units(*this, options_.units);
  check_cudnn(*this, options_.use_cudnn);
  clamp_dropout(options_);
  set_input_spec({.ndim = 3});
  LSTMCellOptions cell{.units = options_.units,
                       .recurrent_activation = options_.recurrent_activation,
                       .unit_forget_bias = options_.unit_forget_bias};
  copy_cell_arguments(options_, cell);
  set_cell(std::make_shared<LSTMCellLayer>(std::move(cell),
                                           LayerOptions{.name = "lstm_cell", .dtype = dtype()}),
           flags_of(options_));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
