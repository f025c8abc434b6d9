#include "hdf5_types.hpp"

#include <utility>

namespace keratin::io::hdf5 {
namespace {

std::string float_name(hid_t type) {
  std::size_t sign, exponent, exponent_size, mantissa, mantissa_size;
  if (H5Tget_fields(type, &sign, &exponent, &exponent_size, &mantissa, &mantissa_size) < 0) {
    return "unknown";
  }
  struct Format {
    const char* name;
    std::size_t bytes, exponent_size, bias;
  };
  for (const Format& format : {Format{"float16", 2, 5, 15}, Format{"bfloat16", 2, 8, 127},
                               Format{"float32", 4, 8, 127}, Format{"float64", 8, 11, 1023}}) {
    const std::size_t bits = 8 * format.bytes;
    if (H5Tget_size(type) == format.bytes && exponent_size == format.exponent_size &&
        H5Tget_ebias(type) == format.bias && sign == bits - 1 && mantissa == 0 &&
        mantissa_size == bits - 1 - exponent_size && exponent == mantissa_size) {
      return format.name;
    }
  }
  return "unknown";
}

std::string integer_name(hid_t type) {
  const std::size_t bytes = H5Tget_size(type);
  if ((bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) ||
      H5Tget_precision(type) != 8 * bytes) {
    return "unknown";
  }
  return concat(H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int", 8 * bytes);
}

}  // namespace

std::string type_name(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_FLOAT:
      return float_name(type);
    case H5T_INTEGER:
      return integer_name(type);
    case H5T_STRING:
      return "string";
    case H5T_ENUM: {
      const Handle base(H5Tget_super(type));
      // h5py's form of NumPy's bool.
      const bool is_bool = H5Tget_nmembers(type) == 2 && H5Tget_size(type) == 1;
      return is_bool ? "bool" : integer_name(base);
    }
    default:
      return "unknown";
  }
}

Handle stored_type(const std::string& name) {
  const std::pair<const char*, hid_t> plain[] = {
      {"float32", H5T_IEEE_F32LE}, {"float64", H5T_IEEE_F64LE}, {"int8", H5T_STD_I8LE},
      {"int16", H5T_STD_I16LE},    {"int32", H5T_STD_I32LE},    {"int64", H5T_STD_I64LE},
      {"uint8", H5T_STD_U8LE},     {"uint16", H5T_STD_U16LE},   {"uint32", H5T_STD_U32LE},
      {"uint64", H5T_STD_U64LE},   {"bfloat16", H5T_STD_U16LE}};
  for (const auto& [known, type] : plain) {
    if (name == known) return Handle(H5Tcopy(type));
  }
  if (name == "float16") {
    Handle type(H5Tcopy(H5T_IEEE_F32LE));
    H5Tset_fields(type, 15, 10, 5, 0, 10);
    H5Tset_size(type, 2);
    H5Tset_ebias(type, 15);
    return type;
  }
  if (name == "bool") {
    Handle type(H5Tenum_create(H5T_STD_I8LE));
    const std::int8_t values[] = {0, 1};
    H5Tenum_insert(type, "FALSE", &values[0]);
    H5Tenum_insert(type, "TRUE", &values[1]);
    return type;
  }
  return {};
}

}  // namespace keratin::io::hdf5
