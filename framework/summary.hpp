#pragma once

#include <iosfwd>

#include "function.hpp"

namespace keratin::inline KERATIN_VARIANT {

struct SummaryOptions {
  /// Lists the layers of nested models too, indented.
  bool expand_nested = false;
  /// Adds a column that says whether a layer is trainable.
  bool show_trainable = false;
};

/// Prints the table of layers, output shapes and numbers of parameters that keras.Model.summary()
/// prints, as UTF-8. A model whose calls are no plain row gets a column of what is connected to
/// what.
void print_summary(const Function& function, std::ostream& out, const SummaryOptions& options = {});

}  // namespace keratin::inline KERATIN_VARIANT
