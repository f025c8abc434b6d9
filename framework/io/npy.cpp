#include "npy.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "../base/error.hpp"
#include "../base/float16.hpp"
#include "atomic_file.hpp"
#include "zip.hpp"

namespace keratin::io {
namespace {

static_assert(std::endian::native == std::endian::little);

/// `value` as a T; integers are clipped to their range, as HDF5 does it, and NaN becomes 0.
template <class T, class Stored>
T converted(Stored value) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(value);
  } else if constexpr (std::is_integral_v<Stored>) {
    using Limits = std::numeric_limits<T>;
    if (std::cmp_less(value, Limits::min())) return Limits::min();
    return std::cmp_greater(value, Limits::max()) ? Limits::max() : static_cast<T>(value);
  } else {
    using Limits = std::numeric_limits<T>;
    const auto wide = static_cast<double>(value);
    if (std::isnan(wide)) return 0;
    if (wide <= static_cast<double>(Limits::min())) return Limits::min();
    if (wide >= static_cast<double>(Limits::max())) return Limits::max();
    return static_cast<T>(wide);
  }
}

template <class Stored>
Stored load(const char* from, bool swapped) {
  unsigned char bytes[sizeof(Stored)];
  std::memcpy(bytes, from, sizeof bytes);
  if (swapped) std::reverse(std::begin(bytes), std::end(bytes));
  Stored value;
  std::memcpy(&value, bytes, sizeof bytes);
  return value;
}

template <class Stored, class T>
void read_row_major(const char* from, bool swapped, BasicTensor<T>& result) {
  if (std::is_same_v<Stored, T> && !swapped) {
    if (result.size() > 0) std::memcpy(result.data(), from, result.size() * sizeof(T));
    return;
  }
  for (std::size_t i = 0; i < result.size(); ++i) {
    result.data()[i] = converted<T>(load<Stored>(from + i * sizeof(Stored), swapped));
  }
}

// Counts the index up as the file does, the first axis fastest, and follows its place in `result`.
template <class Stored, class T>
void read_column_major(const char* from, bool swapped, const Shape& shape, BasicTensor<T>& result) {
  std::vector<std::size_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;) {
    strides[axis - 1] = strides[axis] * static_cast<std::size_t>(shape[axis]);
  }
  Shape index(shape.size(), 0);
  std::size_t place = 0;
  for (std::size_t i = 0; i < result.size(); ++i) {
    result.data()[place] = converted<T>(load<Stored>(from + i * sizeof(Stored), swapped));
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      place += strides[axis];
      if (++index[axis] < shape[axis]) break;
      place -= strides[axis] * static_cast<std::size_t>(shape[axis]);
      index[axis] = 0;
    }
  }
}

struct Array {
  std::string_view bytes;
  const std::string& name;
  NpyHeader header;

  [[noreturn]] void fail(const std::string& why) const {
    throw FileError(concat(name, ": cannot be read as a NumPy array: ", why));
  }
};

template <class Stored, class T>
BasicTensor<T> read_as(const Array& array) {
  const Shape& shape = array.header.shape;
  // All that is declared must be there, so memory is asked for within the file's size.
  const std::size_t available = (array.bytes.size() - array.header.data_offset) / sizeof(Stored);
  std::size_t count = 1, product = 1;
  for (const Dim dim : shape) {
    const auto size = static_cast<std::size_t>(dim);
    constexpr std::size_t most = std::numeric_limits<std::int64_t>::max() / 16;
    if (size > 0 && product > most / size) array.fail(concat("absurd shape: ", shape));
    product *= std::max<std::size_t>(size, 1);
    count *= size;
  }
  if (count > available) {
    array.fail(
        concat("it is truncated: shape ", shape, " has ", count, " elements, found ", available));
  }
  auto result = empty_tensor<T>(shape);
  const char* from = array.bytes.data() + array.header.data_offset;
  const bool swapped = array.header.descr[0] == '>';
  if (array.header.fortran_order) {
    read_column_major<Stored>(from, swapped, shape, result);
  } else {
    read_row_major<Stored>(from, swapped, result);
  }
  return result;
}

template <class T>
BasicTensor<T> read_any(const Array& array) {
  const std::string& descr = array.header.descr;
  const std::string type = descr.size() > 1 ? descr.substr(1) : "";
  if (std::string_view("<>|=").find(descr[0]) != std::string_view::npos) {
    if (type == "f4") return read_as<float, T>(array);
    if (type == "f8") return read_as<double, T>(array);
    if (type == "f2") return read_as<half, T>(array);
    if (type == "b1") return read_as<std::uint8_t, T>(array);
    if (type == "i1") return read_as<std::int8_t, T>(array);
    if (type == "i2") return read_as<std::int16_t, T>(array);
    if (type == "i4") return read_as<std::int32_t, T>(array);
    if (type == "i8") return read_as<std::int64_t, T>(array);
    if (type == "u1") return read_as<std::uint8_t, T>(array);
    if (type == "u2") return read_as<std::uint16_t, T>(array);
    if (type == "u4") return read_as<std::uint32_t, T>(array);
    if (type == "u8") return read_as<std::uint64_t, T>(array);
  }
  if (type.starts_with("O")) array.fail("it holds Python objects (a pickle), which are not read");
  array.fail(concat("elements of type '", descr, "' are not read; expected numbers"));
}

template <class T>
std::string descr_of() {
  const char kind = std::is_floating_point_v<T> ? 'f' : std::is_signed_v<T> ? 'i' : 'u';
  return concat(sizeof(T) == 1 ? '|' : '<', kind, sizeof(T));
}

}  // namespace

template <class T>
BasicTensor<T> parse_npy(std::string_view bytes, const std::string& name) {
  return read_any<T>({bytes, name, npy_header(bytes, name)});
}

template <class T>
BasicTensor<T> parse_elements(const NpyHeader& header, std::string_view bytes,
                              const std::string& name) {
  return read_any<T>({bytes, name, header});
}

template <class T>
BasicTensor<T> read_npy(const std::filesystem::path& path) {
  return parse_npy<T>(read_file(path), path.string());
}

template <class T>
void write_npy(const std::filesystem::path& path, const BasicTensor<T>& tensor) {
  std::string header = concat("{'descr': '", descr_of<T>(),
                              "', 'fortran_order': False, 'shape': ", shape_of(tensor), ", }");
  // The elements begin at a multiple of 64 bytes, after 10 bytes, the header and a line end.
  constexpr std::size_t alignment = 64, before = 10;
  header.append(alignment - 1 - (before + header.size()) % alignment, ' ').push_back('\n');
  std::string start = "\x93NUMPY\x01";
  start.push_back('\0');
  start.push_back(static_cast<char>(header.size() & 255));
  start.push_back(static_cast<char>(header.size() >> 8));
  AtomicFile file(path);
  file.write(start);
  file.write(header);
  file.write({reinterpret_cast<const char*>(tensor.data()), tensor.size() * sizeof(T)});
  file.commit();
}

template <class T>
std::map<std::string, BasicTensor<T>> read_npz(const std::filesystem::path& path) {
  constexpr std::string_view extension = ".npy";
  const Archive archive = Archive::open(path);
  std::map<std::string, BasicTensor<T>> arrays;
  for (const std::string& member : archive.members()) {
    if (!member.ends_with(extension)) continue;
    arrays.emplace(member.substr(0, member.size() - extension.size()),
                   parse_npy<T>(archive.read(member), archive.name() + ": " + member));
  }
  return arrays;
}

#define KERATIN_NPY(T)                                                                            \
  template BasicTensor<T> parse_npy(std::string_view, const std::string&);                        \
  template BasicTensor<T> parse_elements(const NpyHeader&, std::string_view, const std::string&); \
  template BasicTensor<T> read_npy(const std::filesystem::path&);                                 \
  template void write_npy(const std::filesystem::path&, const BasicTensor<T>&);                   \
  template std::map<std::string, BasicTensor<T>> read_npz(const std::filesystem::path&);
KERATIN_NPY(float)
KERATIN_NPY(double)
KERATIN_NPY(std::int32_t)
KERATIN_NPY(std::int64_t)
KERATIN_NPY(std::uint8_t)
#undef KERATIN_NPY

}  // namespace keratin::io
