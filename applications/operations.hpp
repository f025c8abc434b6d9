#pragma once

#include "../framework/handle.hpp"

// The functions of keras.ops that networks have in their graphs.
namespace keratin::inline KERATIN_VARIANT::applications {

/// x + number: a node "Add".
SymbolicTensor plus(const SymbolicTensor& x, double number);
/// x * number: a node "Multiply".
SymbolicTensor times(const SymbolicTensor& x, double number);

}  // namespace keratin::inline KERATIN_VARIANT::applications
