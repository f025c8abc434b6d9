#pragma once

#include <map>
#include <string>
#include <string_view>

#include "npy.hpp"

namespace keratin::io {

/// An array within a pickle: its header, and its elements as they lie in the pickle's bytes.
struct PickledArray {
  NpyHeader header;
  std::string_view elements;
};

/// The arrays by name in a pickle of a dictionary {"0": array, ...}, itself the one element of an
/// array of objects: what Keras's `.npz` weights are made of. `bytes` must outlive the result.
///
/// A pickle is a program. This reads the few instructions that build dictionaries, texts, numbers
/// and NumPy's arrays; anything else, in particular any other class or function, is a FileError
/// that names it.
std::map<std::string, PickledArray> read_pickled_arrays(std::string_view bytes,
                                                        const std::string& name);

}  // namespace keratin::io
