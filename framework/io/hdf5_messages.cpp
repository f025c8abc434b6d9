#include "hdf5_messages.hpp"

#include <limits>

#include "../base/error.hpp"
#include "hdf5_datatype.hpp"

namespace keratin::io::hdf5 {
namespace {

// Numbers of the format, from the HDF5 File Format Specification 2.0.
enum MessageType : std::uint16_t {
  dataspace = 0x1,
  datatype = 0x3,
  old_fill_value = 0x4,
  fill_value = 0x5,
  layout = 0x8,
  attribute = 0xc,
};
constexpr std::uint8_t shared_flag = 2;

[[noreturn]] void fail(const char* what) { throw FileError(concat("a damaged ", what)); }

std::uint64_t check_dataspace(std::string_view body) {
  Cursor cursor(body);
  const int version = cursor.u8(), rank = cursor.u8(), flags = cursor.u8(), kind = cursor.u8();
  if (version < 1 || version > 2 || rank > 32) fail("dataspace");
  if (version == 1) cursor.skip(4);
  constexpr int null_kind = 2;
  std::uint64_t elements = version == 2 && kind == null_kind ? 0 : 1;
  for (int i = 0; i < rank; ++i) {
    const std::uint64_t size = cursor.u64();
    if (size != 0 && elements > std::numeric_limits<std::uint64_t>::max() / size) {
      fail("dataspace: an absurd shape");
    }
    elements *= size;
  }
  if (flags & 1) cursor.skip(8 * static_cast<std::uint64_t>(rank));
  return elements;
}

void check_attribute(std::string_view body, GlobalHeaps& heaps) {
  Cursor cursor(body);
  const int version = cursor.u8(), flags = cursor.u8();
  if (version < 1 || version > 3) fail("attribute");
  if (version > 1 && flags != 0)
    throw FileError("an attribute of a shared type, which is not read");
  const std::uint64_t name_bytes = cursor.u16(), type_bytes = cursor.u16(),
                      space_bytes = cursor.u16();
  if (version == 3) cursor.skip(1);
  const auto take = [&](std::uint64_t bytes) {
    return cursor.take(version == 1 ? (bytes + 7) / 8 * 8 : bytes);
  };
  if (take(name_bytes).substr(0, name_bytes).find('\0') != name_bytes - 1) fail("attribute's name");
  const StoredType type = check_datatype(take(type_bytes));
  const std::uint64_t elements = check_dataspace(take(space_bytes));
  const std::string_view data = cursor.rest();
  if (elements > data.size() / type.bytes) fail("attribute: it is longer than its message");
  if (type.is_text) heaps.check_texts(data, elements);
}

void check_layout(std::string_view body, DatasetParts& parts) {
  Cursor cursor(body);
  const int version = cursor.u8();
  if (version != 3) return;  // older and newer ones are HDF5's to check
  enum { compact = 0, contiguous = 1 };
  const int kind = cursor.u8();
  if (kind == compact) cursor.take(cursor.u16());
  if (kind == contiguous) {
    parts.address = cursor.u64();
    parts.bytes = cursor.u64();
  }
}

void check_fill_value(std::string_view body) {
  Cursor cursor(body);
  const int version = cursor.u8();
  if (version < 1 || version > 3) fail("fill value");
  bool has_value = true;
  if (version == 3) {
    has_value = cursor.u8() & 0x20;
  } else {
    cursor.skip(2);
    has_value = cursor.u8() != 0;
  }
  if (!has_value) return;
  const std::uint32_t size = cursor.u32();
  if (size != std::numeric_limits<std::uint32_t>::max()) cursor.take(size);
}

}  // namespace

void GlobalHeaps::check_texts(std::string_view data, std::uint64_t count) {
  Cursor cursor(data);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint32_t length = cursor.u32();
    const std::uint64_t address = cursor.u64();
    const std::uint32_t index = cursor.u32();
    if (address == 0) {
      if (length != 0) fail("reference to a text");
      continue;
    }
    const Sizes& sizes = heap_at(address);
    const auto found = sizes.find(index);
    if (found == sizes.end() || found->second != length) fail("reference to a text");
  }
}

const GlobalHeaps::Sizes& GlobalHeaps::heap_at(std::uint64_t address) {
  const auto known = heaps_.find(address);
  if (known != heaps_.end()) return known->second;
  constexpr std::uint64_t header_bytes = 16, smallest = 4096;
  if (address > file_.size()) fail("address of a global heap");
  const std::string header = file_.read(base_ + address, header_bytes);
  Cursor start(header);
  if (start.take(4) != "GCOL" || start.u8() != 1) fail("global heap");
  start.skip(3);
  const std::uint64_t bytes = start.u64();
  if (bytes < smallest) fail("global heap");
  const std::string heap = file_.read(base_ + address, bytes);
  Cursor cursor{std::string_view(heap).substr(header_bytes)};
  Sizes sizes;
  while (cursor.rest().size() >= header_bytes) {
    const std::uint16_t index = cursor.u16();
    cursor.skip(6);
    const std::uint64_t size = cursor.u64();
    if (index == 0) {  // free space, with its header, to the end
      if (size < header_bytes || size - header_bytes != cursor.rest().size()) fail("global heap");
      break;
    }
    if (size > cursor.rest().size() || !sizes.emplace(index, size).second) fail("global heap");
    cursor.skip((size + 7) / 8 * 8);
  }
  return heaps_.emplace(address, std::move(sizes)).first->second;
}

void check_message(std::uint16_t type, std::uint8_t flags, std::string_view body,
                   GlobalHeaps& heaps, DatasetParts& parts) {
  if (flags & shared_flag) return;  // the message stands elsewhere
  switch (type) {
    case dataspace:
      parts.elements = check_dataspace(body);
      break;
    case datatype: {
      const StoredType checked = check_datatype(body);
      parts.is_text = checked.is_text;
      parts.element_bytes = checked.bytes;
      break;
    }
    case old_fill_value: {
      Cursor cursor(body);
      cursor.take(cursor.u32());
      break;
    }
    case fill_value:
      check_fill_value(body);
      break;
    case layout:
      check_layout(body, parts);
      break;
    case attribute:
      check_attribute(body, heaps);
      break;
    default:
      break;
  }
}

}  // namespace keratin::io::hdf5
