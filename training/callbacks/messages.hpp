#pragma once

#include <string>

#include "callback.hpp"

// What callbacks say.
namespace keratin::inline KERATIN_VARIANT::callbacks {

/// Prints a line to the standard output, as Keras's callbacks do where they are `verbose`.
void print_message(const std::string& text);
/// Prints a line to the standard error.
void warn(const std::string& text);

/// As Python prints a float: the fewest digits that give it back.
std::string python_float(double value);
/// accuracy,loss,val_loss
std::string names_of(const Logs& logs);

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
