#pragma once

#include <string>
#include <vector>

#include "../../framework/function.hpp"
#include "../../framework/io/hdf5.hpp"
#include "keras_version.hpp"
#include "load_report.hpp"
#include "variable_store.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// Assigns the weights of `layer` and of all within from a file in Keras 3's layout. Throws
/// ValueError where number or shapes do not fit, unless `skip_mismatch` asks for warnings instead.
void read_weights(const Layer& layer, const VariableStore& store, bool skip_mismatch,
                  LoadReport& report);

/// Writes the weights of `layer` and of all within as this version of Keras does: variables under
/// "<place in the model>/vars/0", "1"..., and from Keras 3.6 on each layer's name as an attribute.
void write_weights(const Layer& layer, io::Hdf5File& file, const KerasVersion& version);
/// Whether the group of an owner's variables has the owner's name as an attribute.
inline bool vars_have_names(const KerasVersion& version) { return version >= keras3(6); }

}  // namespace keratin::inline KERATIN_VARIANT::saving
