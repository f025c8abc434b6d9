#include "gru.hpp"

#include "cell_options.hpp"
#include "gru_run.hpp"
#include "recurrent_options.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void GRUCellOptions::describe(Fields& fields) {
  fields("units", units)("activation", activation)("recurrent_activation", recurrent_activation)(
      "use_bias", use_bias);
  describe_initializers(fields, *this);
  describe_regularizers(fields, *this);
  describe_constraints(fields, *this);
  describe_dropout(fields, *this);
  fields("reset_after", reset_after)("seed", seed);
}

GRUCellLayer::GRUCellLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)), seed_(seed_or_next(options_.seed)) {
  check_units(*this, options_.units);
  clamp_dropout(options_);
}

void GRUCellLayer::build_all(const Shapes& inputs) {
  const Dim gates = 3 * options_.units;
  const Shape bias = options_.reset_after ? Shape{2, gates} : Shape{gates};
  build_gates(options_, {{inputs[0].back(), gates}, {options_.units, gates}, bias});
  set_input_spec({.ndim = 2, .axes = {{-1, inputs[0].back()}}});
}

std::shared_ptr<SequenceRun> GRUCellLayer::run_over(Sequence sequence, Context& context) const {
  const auto batch = static_cast<Dim>(sequence.batch());
  const GateDropout dropout(options_.dropout, options_.recurrent_dropout, 3);
  DropoutMasks masks =
      draw(dropout, seed_, {batch, build_shapes()[0].back()}, {batch, options_.units}, context);
  return std::make_shared<GruRun>(
      *this, GruRun::How{options_.activation, options_.recurrent_activation, options_.reset_after},
      std::move(masks), std::move(sequence));
}

void GRUOptions::describe(Fields& fields) {
  describe_flags(fields, *this);
  fields("units", units)("activation", activation)("recurrent_activation", recurrent_activation)(
      "use_bias", use_bias);
  describe_initializers(fields, *this);
  describe_regularizers(fields, *this);
  fields.activity_regularizer();
  describe_constraints(fields, *this);
  describe_dropout(fields, *this);
  fields("reset_after", reset_after)("seed", seed);
  describe_cudnn(fields, use_cudnn);
}

GRULayer::GRULayer(Options options, LayerOptions common)
    : RecurrentOptionsLayer(std::move(options), std::move(common)) {
  check_units(*this, options_.units);
  check_cudnn(*this, options_.use_cudnn);
  clamp_dropout(options_);
  set_input_spec({.ndim = 3});
  GRUCellOptions cell{.units = options_.units,
                      .recurrent_activation = options_.recurrent_activation,
                      .reset_after = options_.reset_after};
  copy_cell_arguments(options_, cell);
  set_cell(std::make_shared<GRUCellLayer>(std::move(cell),
                                          LayerOptions{.name = "gru_cell", .dtype = dtype()}),
           flags_of(options_));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
