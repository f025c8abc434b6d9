#pragma once

// Private to the hdf5_*.cpp files: the message that says of which type elements are.

#include <cstdint>
#include <string_view>

namespace keratin::io::hdf5 {

struct StoredType {
  bool is_text = false;  ///< of variable length
  std::uint64_t bytes = 0;
};

/// Checks a datatype with all types within. HDF5 crashes where an attribute's cannot be decoded.
StoredType check_datatype(std::string_view body);

}  // namespace keratin::io::hdf5
