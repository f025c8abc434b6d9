#pragma once

#include <string>
#include <vector>

#include "../../framework/function.hpp"
#include "../../framework/io/hdf5.hpp"
#include "load_report.hpp"
#include "variable_store.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// Assigns the weights of `layer` and of all within from a file in Keras 3's layout. Throws
/// ValueError where number or shapes do not fit, unless `skip_mismatch` asks for warnings instead.
void read_weights(const Layer& layer, const VariableStore& store, bool skip_mismatch,
                  LoadReport& report);

/// Writes the weights of `layer` and of all within as Keras 3.6 and later do: variables under
/// "<place in the model>/vars/0", "1"..., and each layer's name as an attribute.
void write_weights(const Layer& layer, io::Hdf5File& file);

}  // namespace keratin::inline KERATIN_VARIANT::saving
