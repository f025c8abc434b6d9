#pragma once

#include <map>
#include <string>

#include "../../framework/function.hpp"
#include "../../framework/io/hdf5.hpp"
#include "keras_version.hpp"
#include "legacy/origin.hpp"
#include "load_report.hpp"
#include "tfjs.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// What files of ours say computed them. Keras looks for "theano" there.
inline const std::string legacy_backend = "tensorflow";

struct LegacyReading {
  Origin origin;
  bool by_name = false;
  bool skip_mismatch = false;
};

/// Assigns the weights of `function` from the legacy layout: a group for each layer, of its name,
/// with attributes that list layers and weights. Layers and weights are found by name; where names
/// differ, by place and checked shapes. Throws ValueError where they do not fit.
void read_legacy_weights(const Function& function, const io::Hdf5File& file,
                         const LegacyReading& reading, LoadReport& report);

/// The same for weights that are known by name, in the order of the model's layers: each layer
/// takes as many as it has.
void read_named_weights(const Function& function, const std::vector<NamedWeight>& weights,
                        const std::string& source, const LegacyReading& reading,
                        LoadReport& report);

/// Writes the weights as this version of Keras does into a legacy `.h5`: below `root`
/// ("/model_weights", or "/" for weights alone).
void write_legacy_weights(const Function& function, const std::string& root, io::Hdf5File& file,
                          const KerasVersion& version);
/// The names of the weights in such a file: "dw/kernel", for tf.keras "dw/depthwise_kernel:0".
std::map<const Parameter*, std::string> legacy_weight_names(const Function& function,
                                                            const KerasVersion& version);

}  // namespace keratin::inline KERATIN_VARIANT::saving
