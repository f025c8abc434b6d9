#pragma once

#include <string>

#include "variable_store.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// The variables of a `model.weights.npz`, given by its bytes. An owner's variables are a pickled
/// dictionary under its path, as Keras writes them, or arrays of their own: "layers/dense/vars/0".
/// Throws FileError.
VariableStore npz_store(std::string bytes, const std::string& name);

}  // namespace keratin::inline KERATIN_VARIANT::saving
