#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "../base/basic_tensor.hpp"

namespace keratin::io {

/// What stands at the head of an `.npy` file.
struct NpyHeader {
  std::string descr;  ///< NumPy's name of the element type: "<f4", "|u1"...
  bool fortran_order = false;
  Shape shape;
  std::size_t data_offset = 0;  ///< where the elements begin
};
/// Reads the header of the bytes of an `.npy` file (versions 1 to 3); `name` stands for it in
/// errors. Throws FileError.
NpyHeader npy_header(std::string_view bytes, const std::string& name);

/// Reads an `.npy` file: numbers and truth values of any type and byte order, in C or Fortran
/// order, converted to T (what is outside of an integer T's range is clipped). Throws FileError,
/// also for arrays of text, records or Python objects. T: float, double, std::int32_t,
/// std::int64_t, std::uint8_t.
template <class T>
BasicTensor<T> read_npy(const std::filesystem::path& path);
/// The same from bytes; `name` stands for them in errors.
template <class T>
BasicTensor<T> parse_npy(std::string_view bytes, const std::string& name);

/// Elements that lie one after the other from `bytes.data() + header.data_offset` on, as `header`
/// describes them.
template <class T>
BasicTensor<T> parse_elements(const NpyHeader& header, std::string_view bytes,
                              const std::string& name);

/// Writes an `.npy` file (version 1, C order, T's own type), whole or not at all. Throws FileError.
template <class T>
void write_npy(const std::filesystem::path& path, const BasicTensor<T>& tensor);

/// The arrays of an `.npz` archive by their names.
template <class T>
std::map<std::string, BasicTensor<T>> read_npz(const std::filesystem::path& path);

}  // namespace keratin::io
