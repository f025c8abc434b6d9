#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "../../framework/base/json.hpp"
#include "../../framework/function.hpp"
#include "../../framework/io/hdf5.hpp"

namespace keratin::inline KERATIN_VARIANT::testing {

/// A model saved by Keras, and the file that says what Keras computes with it.
struct GoldenModel {
  std::filesystem::path model, io;
};

/// The models with the ending `extension` ("" of legacy .h5 leaves .weights.h5 and .io.h5 out)
/// below `folder` that have an io file, sorted.
std::vector<GoldenModel> golden_models(const std::filesystem::path& folder,
                                       const std::string& extension);

/// The classes of layers that a model of Keras 3 names and the registry does not know.
std::set<std::string> unknown_layers(const std::filesystem::path& model);

/// Outputs and gradients are Keras's, within rtol of the largest magnitude of each.
void check_computes_as_keras(const Function& function, const std::filesystem::path& io,
                             double rtol);

/// Two HDF5 files have the same groups, datasets, bits and attributes.
void check_same_tree(const io::Hdf5File& actual, const io::Hdf5File& expected);

/// Without what differs from one run of Keras to the next.
Json comparable(Json json);

}  // namespace keratin::inline KERATIN_VARIANT::testing
