#pragma once

#include <optional>

#include "../../framework/fields_impl.hpp"
#include "recurrent.hpp"

// What the options of the recurrent layers have in common beyond their cells'.
namespace keratin::inline KERATIN_VARIANT::layers {

template <class Options>
void describe_flags(Fields& fields, Options& o) {
  fields("return_sequences", o.return_sequences)("return_state", o.return_state)(
      "go_backwards", o.go_backwards)("stateful", o.stateful)("unroll", o.unroll)(
      "zero_output_for_mask", o.zero_output_for_mask);
  // Keras 3 has no such argument: written only where Keras should refuse the file.
  if (fields.reading() || o.time_major) fields("time_major", o.time_major);
}

template <class Options>
RecurrentFlags flags_of(const Options& o) {
  return {.return_sequences = o.return_sequences,
          .return_state = o.return_state,
          .go_backwards = o.go_backwards,
          .stateful = o.stateful,
          .zero_output_for_mask = o.zero_output_for_mask,
          .time_major = o.time_major};
}

/// `use_cudnn`, which Keras reads and never writes: "auto" (none), true or false.
void describe_cudnn(Fields& fields, std::optional<bool>& use_cudnn);
/// Refuses true in Keras's words.
void check_cudnn(const Layer& layer, const std::optional<bool>& use_cudnn);

}  // namespace keratin::inline KERATIN_VARIANT::layers
