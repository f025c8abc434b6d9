#pragma once

#include "../../framework/io/hdf5.hpp"
#include "../optimizers/optimizer.hpp"
#include "keras_version.hpp"
#include "load_report.hpp"
#include "model_file.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// Writes the state of `optimizer` below "/optimizer/vars" of a file in Keras 3's layout.
void write_optimizer(const optimizers::Optimizer& optimizer, io::Hdf5File& file,
                     const KerasVersion& version);
/// The same for a legacy `.h5`: "/optimizer_weights" with a list of names.
void write_legacy_optimizer(const optimizers::Optimizer& optimizer, const Function& function,
                            io::Hdf5File& file, const KerasVersion& version);

/// Puts the state that `file` has into `optimizer`, which is built. A state that does not fit is a
/// warning, and the optimizer begins anew.
void read_optimizer(optimizers::Optimizer& optimizer, const ModelFile& file, LoadReport& report);

}  // namespace keratin::inline KERATIN_VARIANT::saving
