#include "hdf5_structure.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "../base/error.hpp"
#include "hdf5_messages.hpp"

namespace keratin::io {
namespace {

using hdf5::undefined_address;

constexpr std::uint16_t continuation_message = 0x10, symbol_table_message = 0x11;
constexpr std::uint64_t entry_bytes = 40;

[[noreturn]] void fail(const char* what) { throw FileError(concat("a damaged ", what)); }

class StructureCheck {
 public:
  StructureCheck(const ByteSource& file, std::uint64_t base)
      : file_(file), base_(base), heaps_(file, base) {}

  void check() {
    const std::string bytes = read(0, std::min<std::uint64_t>(file_.size() - base_, 100));
    Cursor cursor(bytes);
    cursor.skip(8);
    const int version = cursor.u8();
    if (version > 1) return;
    cursor.skip(4);
    if (cursor.u8() != 8 || cursor.u8() != 8) fail("superblock");
    cursor.skip(1);
    const std::uint16_t leaf = cursor.u16(), internal = cursor.u16();
    if (leaf == 0 || internal == 0) fail("superblock");
    most_symbols_ = 2u * leaf;
    most_children_ = 2u * internal;
    cursor.skip(version == 1 ? 8 : 4);
    cursor.skip(2 * 8);
    const std::uint64_t end = cursor.u64();
    if (end > file_.size()) {
      throw FileError(concat("it has ", file_.size(), " of its ", end, " bytes"));
    }
    cursor.skip(8);
    check_entry(cursor.take(entry_bytes), nullptr);
    while (!pending_.empty()) {
      const std::uint64_t address = pending_.back();
      pending_.pop_back();
      check_object(address);
    }
  }

 private:
  std::string read(std::uint64_t address, std::uint64_t count) const {
    if (address > file_.size()) fail("address");
    return file_.read(base_ + address, count);
  }

  // A symbol table's entry; `names` holds its name.
  void check_entry(std::string_view entry, const std::string* names) {
    Cursor cursor(entry);
    const std::uint64_t name = cursor.u64(), header = cursor.u64();
    const std::uint32_t cached = cursor.u32();
    cursor.skip(4);
    if (names && (name >= names->size() || names->find('\0', name) == names->npos)) {
      fail("name of an object");
    }
    enum { nothing = 0, symbol_table = 1, soft_link = 2 };
    if (cached > soft_link) fail("entry of a group");
    if (cached == symbol_table) {
      const std::uint64_t tree = cursor.u64();
      check_group(tree, cursor.u64());
    }
    if (cached == soft_link) {
      const std::uint32_t target = cursor.u32();
      if (!names || target >= names->size() || names->find('\0', target) == names->npos) {
        fail("soft link");
      }
    } else if (seen_.insert(header).second) {
      pending_.push_back(header);
    }
  }

  void check_object(std::uint64_t address) {
    const std::string prefix = read(address, 16);
    if (prefix.starts_with("OHDR")) return;  // has a checksum
    Cursor cursor(prefix);
    if (cursor.u8() != 1) fail("object header");
    cursor.skip(7);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> chunks{{address + 16, cursor.u32()}};
    hdf5::DatasetParts parts;
    for (std::size_t i = 0; i < chunks.size(); ++i) check_chunk(chunks[i], chunks, parts);
    if (parts.address == undefined_address || parts.bytes == 0) return;
    if (parts.is_text) {
      if (parts.elements > parts.bytes / parts.element_bytes) fail("dataset of texts");
      heaps_.check_texts(read(parts.address, parts.bytes), parts.elements);
    }
  }

  void check_chunk(std::pair<std::uint64_t, std::uint64_t> place,
                   std::vector<std::pair<std::uint64_t, std::uint64_t>>& chunks,
                   hdf5::DatasetParts& parts) {
    const std::string bytes = read(place.first, place.second);
    constexpr std::size_t message_header = 8;
    Cursor cursor(bytes);
    while (cursor.rest().size() >= message_header) {
      const std::uint16_t type = cursor.u16(), size = cursor.u16();
      const std::uint8_t flags = cursor.u8();
      cursor.skip(3);
      const std::string_view body = cursor.take(size);
      Cursor fields(body);
      if (type == continuation_message) {
        const std::uint64_t next = fields.u64();
        chunks.emplace_back(next, fields.u64());
        if (!seen_.insert(next).second) fail("object header, which goes round in a circle");
      } else if (type == symbol_table_message) {
        const std::uint64_t tree = fields.u64();
        check_group(tree, fields.u64());
      } else {
        hdf5::check_message(type, flags, body, heaps_, parts);
      }
    }
  }

  void check_group(std::uint64_t tree, std::uint64_t heap) {
    if (!groups_.emplace(tree, heap).second) return;
    const std::string names = local_heap(heap);
    check_tree(tree, -1, names);
  }

  // A node of a group's B-tree; `level` is what the node above asks for, -1 for any.
  void check_tree(std::uint64_t address, int level, const std::string& names) {
    if (!seen_.insert(address).second) fail("tree of a group, which goes round in a circle");
    constexpr std::uint64_t header_bytes = 24;
    const std::string header = read(address, header_bytes);
    Cursor cursor(header);
    if (cursor.take(4) != "TREE" || cursor.u8() != 0) fail("tree of a group");
    const int own_level = cursor.u8();
    const std::uint64_t count = cursor.u16();
    if ((level >= 0 && own_level != level) || own_level > 63 || count > most_children_) {
      fail("tree of a group");
    }
    const std::string body = read(address + header_bytes, 16 * count + 8);
    Cursor children(body);
    for (std::uint64_t i = 0; i < count; ++i) {
      if (children.u64() >= names.size()) fail("tree of a group");
      const std::uint64_t child = children.u64();
      if (own_level > 0) {
        check_tree(child, own_level - 1, names);
      } else {
        check_symbols(child, names);
      }
    }
    if (children.u64() >= names.size()) fail("tree of a group");
  }

  void check_symbols(std::uint64_t address, const std::string& names) {
    const std::string header = read(address, 8);
    Cursor cursor(header);
    if (cursor.take(4) != "SNOD" || cursor.u8() != 1) fail("node of a group");
    cursor.skip(1);
    const std::uint64_t count = cursor.u16();
    if (count > most_symbols_) fail("node of a group");
    const std::string body = read(address + 8, count * entry_bytes);
    Cursor entries(body);
    for (std::uint64_t i = 0; i < count; ++i) check_entry(entries.take(entry_bytes), &names);
  }

  // The names of a group's members. HDF5 follows the heap's list of free places, so it must end.
  std::string local_heap(std::uint64_t address) const {
    const std::string header = read(address, 32);
    Cursor cursor(header);
    if (cursor.take(4) != "HEAP" || cursor.u8() != 0) fail("heap of names");
    cursor.skip(3);
    const std::uint64_t size = cursor.u64();
    std::uint64_t free = cursor.u64();
    const std::string names = read(cursor.u64(), size);
    constexpr std::uint64_t end_of_list = 1, place_bytes = 16;
    std::uint64_t left = size / place_bytes;
    while (free != end_of_list && free != undefined_address) {
      if (left-- == 0 || free > names.size()) fail("heap of names");
      Cursor place(std::string_view(names).substr(free));
      const std::uint64_t next = place.u64(), bytes = place.u64();
      if (bytes > names.size() - free) fail("heap of names");
      free = next;
    }
    return names;
  }

  const ByteSource& file_;
  const std::uint64_t base_;
  hdf5::GlobalHeaps heaps_;
  std::uint64_t most_symbols_ = 0, most_children_ = 0;
  std::set<std::uint64_t> seen_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> groups_;
  std::vector<std::uint64_t> pending_;
};

}  // namespace

void check_hdf5_structure(const ByteSource& file) {
  std::uint64_t base = 0;
  while (base < file.size() && file.size() - base >= 8 &&
         file.read(base, 8) != "\x89HDF\r\n\x1a\n") {
    base = base == 0 ? 512 : 2 * base;
  }
  if (base >= file.size()) fail("superblock");
  StructureCheck(file, base).check();
}

}  // namespace keratin::io
