#pragma once

#include <algorithm>

#include "../../framework/activation.hpp"
#include "../../framework/fields_impl.hpp"
#include "../../framework/handle.hpp"
#include "../regularization/noise_layer.hpp"

// What the options of recurrent cells and layers have in common.
namespace keratin::inline KERATIN_VARIANT::layers {

template <class Options>
void describe_initializers(Fields& fields, Options& o) {
  fields("kernel_initializer", o.kernel_initializer)(
      "recurrent_initializer", o.recurrent_initializer)("bias_initializer", o.bias_initializer);
}

template <class Options>
void describe_regularizers(Fields& fields, Options& o) {
  fields("kernel_regularizer", o.kernel_regularizer)(
      "recurrent_regularizer", o.recurrent_regularizer)("bias_regularizer", o.bias_regularizer);
}

template <class Options>
void describe_constraints(Fields& fields, Options& o) {
  fields("kernel_constraint", o.kernel_constraint)("recurrent_constraint", o.recurrent_constraint)(
      "bias_constraint", o.bias_constraint);
}

template <class Options>
void describe_dropout(Fields& fields, Options& o) {
  fields("dropout", o.dropout)("recurrent_dropout", o.recurrent_dropout);
  // Keras reads and never writes it: how it is computed.
  fields.ignore("implementation");
}

/// Gives a layer's arguments to its cell.
template <class From, class To>
void copy_cell_arguments(const From& from, To& to) {
  to.activation = from.activation;
  to.use_bias = from.use_bias;
  to.kernel_initializer = from.kernel_initializer;
  to.recurrent_initializer = from.recurrent_initializer;
  to.bias_initializer = from.bias_initializer;
  to.kernel_regularizer = from.kernel_regularizer;
  to.recurrent_regularizer = from.recurrent_regularizer;
  to.bias_regularizer = from.bias_regularizer;
  to.kernel_constraint = from.kernel_constraint;
  to.recurrent_constraint = from.recurrent_constraint;
  to.bias_constraint = from.bias_constraint;
  to.dropout = from.dropout;
  to.recurrent_dropout = from.recurrent_dropout;
  to.seed = from.seed;
}

/// Brings the rates of dropout into [0, 1], as Keras does.
template <class Options>
void clamp_dropout(Options& o) {
  o.dropout = std::clamp(o.dropout, 0.0, 1.0);
  o.recurrent_dropout = std::clamp(o.recurrent_dropout, 0.0, 1.0);
}

inline void check_units(const Layer& layer, Dim units) {
  if (units > 0) return;
  layer.refuse("Received an invalid value for argument `units`, expected a positive integer, got ",
               units, ".");
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
