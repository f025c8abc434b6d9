#pragma once

// Private to the hdf5*.cpp files: texts in all the forms HDF5 has for them.

#include <functional>
#include <string>
#include <vector>

#include "hdf5_state.hpp"

namespace keratin::io::hdf5 {

/// The texts of an attribute or dataset of `type` and `space`, fixed or of variable length;
/// `read` fills a buffer of the given type, as H5Aread does. `what` names it in errors.
std::vector<std::string> read_strings(const Hdf5File::State& state, hid_t type, hid_t space,
                                      const std::string& what,
                                      const std::function<herr_t(hid_t, void*)>& read);

std::vector<std::string> read_attribute_strings(const Hdf5File::State& state, hid_t attribute,
                                                const std::string& what);

}  // namespace keratin::io::hdf5
