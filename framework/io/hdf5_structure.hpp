#pragma once

#include "byte_source.hpp"

namespace keratin::io {

/// Follows the structures of an HDF5 file that carry no checksum (superblock version 0 and 1,
/// symbol tables, local and global heaps, object headers of version 1, as in everything Keras
/// writes) and throws FileError where one is damaged: HDF5 1.10 trusts them and would crash.
/// Newer structures carry checksums, which HDF5 verifies.
void check_hdf5_structure(const ByteSource& file);

}  // namespace keratin::io
