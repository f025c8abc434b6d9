#include "hdf5_datatype.hpp"

#include "../base/error.hpp"
#include "byte_source.hpp"

namespace keratin::io::hdf5 {
namespace {

// Numbers of the format, from the HDF5 File Format Specification 2.0.
enum DatatypeClass {
  fixed_point = 0,
  floating_point = 1,
  time = 2,
  fixed_string = 3,
  bit_field = 4,
  opaque = 5,
  compound = 6,
  reference = 7,
  enumeration = 8,
  variable_length = 9,
  array = 10,
};
constexpr std::uint64_t text_reference_bytes = 16;
constexpr int deepest = 16;

[[noreturn]] void fail(const char* what) { throw FileError(concat("a damaged ", what)); }

class DatatypeCheck {
 public:
  explicit DatatypeCheck(std::string_view body) : cursor_(body) {}

  StoredType check(int depth = 0) {
    if (depth > deepest) fail("datatype: it is nested too deep");
    const std::uint8_t head = cursor_.u8();
    const int version = head >> 4, kind = head & 15;
    const std::uint32_t form = cursor_.u8();
    const std::uint32_t count = form | static_cast<std::uint32_t>(cursor_.u8()) << 8;
    cursor_.skip(1);
    const StoredType type{kind == variable_length && (form & 15) == 1, cursor_.u32()};
    if (version < 1 || version > 3 || type.bytes == 0) fail("datatype");
    switch (kind) {
      case fixed_point:
      case bit_field:
        check_integer(8 * type.bytes);
        break;
      case floating_point:
        check_float(8 * type.bytes);
        break;
      case time:
        cursor_.skip(2);
        break;
      case fixed_string:
      case reference:
        break;
      case opaque:
        cursor_.skip(form);
        break;
      case compound:
        for (std::uint32_t i = 0; i < count; ++i) check_member(version, type.bytes, depth);
        break;
      case enumeration: {
        const std::uint64_t value_bytes = check(depth + 1).bytes;
        for (std::uint32_t i = 0; i < count; ++i) skip_name(version);
        cursor_.skip(count * value_bytes);
        break;
      }
      case variable_length: {
        const std::uint64_t bytes = check(depth + 1).bytes;
        if (type.is_text && (type.bytes != text_reference_bytes || bytes != 1)) fail("text type");
        break;
      }
      case array:
        check_array(version, depth);
        break;
      default:
        fail("datatype");
    }
    return type;
  }

 private:
  void check_integer(std::uint64_t bits) {
    const std::uint64_t offset = cursor_.u16(), precision = cursor_.u16();
    if (precision == 0 || offset + precision > bits) fail("integer type");
  }

  void check_float(std::uint64_t bits) {
    const std::uint64_t offset = cursor_.u16(), precision = cursor_.u16();
    const std::uint64_t exponent = cursor_.u8(), exponent_size = cursor_.u8();
    const std::uint64_t mantissa = cursor_.u8(), mantissa_size = cursor_.u8();
    if (precision == 0 || offset + precision > bits || exponent_size == 0 || mantissa_size == 0 ||
        exponent + exponent_size > bits || mantissa + mantissa_size > bits) {
      fail("floating-point type");
    }
    cursor_.skip(4);  // the exponent's bias
  }

  void check_member(int version, std::uint64_t bytes, int depth) {
    skip_name(version);
    std::uint64_t offset_bytes = 4;
    if (version == 3) {
      offset_bytes = 1;
      while (offset_bytes < 4 && bytes >> (8 * offset_bytes) != 0) ++offset_bytes;
    }
    std::uint64_t offset = 0;
    for (std::uint64_t i = 0; i < offset_bytes; ++i)
      offset |= static_cast<std::uint64_t>(cursor_.u8()) << (8 * i);
    if (version == 1) {
      if (cursor_.u8() > 4) fail("compound type");
      cursor_.skip(3 + 4 + 4 + 4 * 4);
    }
    const std::uint64_t member_bytes = check(depth + 1).bytes;
    if (offset > bytes || member_bytes > bytes - offset) fail("compound type");
  }

  void check_array(int version, int depth) {
    constexpr std::uint64_t highest_rank = 32;
    const std::uint64_t rank = cursor_.u8();
    if (version == 1 || rank > highest_rank) fail("array type");
    if (version == 2) cursor_.skip(3);
    for (std::uint64_t i = 0; i < rank; ++i) {
      if (cursor_.u32() == 0) fail("array type");
    }
    if (version == 2) cursor_.skip(4 * rank);
    check(depth + 1);
  }

  /// Names end with a zero; before version 3 they are filled up to a multiple of eight bytes.
  void skip_name(int version) {
    const std::size_t length = cursor_.rest().find('\0');
    if (length == std::string_view::npos) fail("datatype");
    cursor_.skip(version == 3 ? length + 1 : (length + 8) / 8 * 8);
  }

  Cursor cursor_;
};

}  // namespace

StoredType check_datatype(std::string_view body) { return DatatypeCheck(body).check(); }

}  // namespace keratin::io::hdf5
