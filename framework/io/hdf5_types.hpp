#pragma once

// Private to the hdf5*.cpp files: element types.

#include <cstdint>
#include <string>
#include <type_traits>

#include "hdf5_state.hpp"

namespace keratin::io::hdf5 {

/// The library's id of the type T in memory.
template <class T>
hid_t native_type() {
  if constexpr (std::is_same_v<T, float>) return H5T_NATIVE_FLOAT;
  if constexpr (std::is_same_v<T, double>) return H5T_NATIVE_DOUBLE;
  if constexpr (std::is_same_v<T, std::int8_t>) return H5T_NATIVE_INT8;
  if constexpr (std::is_same_v<T, std::int16_t>) return H5T_NATIVE_INT16;
  if constexpr (std::is_same_v<T, std::int32_t>) return H5T_NATIVE_INT32;
  if constexpr (std::is_same_v<T, std::int64_t>) return H5T_NATIVE_INT64;
  if constexpr (std::is_same_v<T, std::uint8_t>) return H5T_NATIVE_UINT8;
  if constexpr (std::is_same_v<T, std::uint16_t>) return H5T_NATIVE_UINT16;
  if constexpr (std::is_same_v<T, std::uint32_t>) return H5T_NATIVE_UINT32;
  if constexpr (std::is_same_v<T, std::uint64_t>) return H5T_NATIVE_UINT64;
}

/// NumPy's name of a stored type: "float32"..., "string", or "unknown".
std::string type_name(hid_t type);

/// The little-endian type that h5py stores under NumPy's `name`; an invalid handle for other names.
Handle stored_type(const std::string& name);

}  // namespace keratin::io::hdf5
