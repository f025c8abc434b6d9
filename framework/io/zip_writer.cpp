#include "zip_writer.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <limits>

#include "../base/error.hpp"
#include "zip.hpp"

namespace keratin::io {
namespace {

// The numbers of the format, from PKWARE's APPNOTE.TXT.
constexpr std::uint32_t member_signature = 0x04034b50, entry_signature = 0x02014b50,
                        end_signature = 0x06054b50, zip64_end_signature = 0x06064b50,
                        zip64_locator_signature = 0x07064b50;
constexpr std::uint16_t version = 20, zip64_version = 45, made_by_unix = 3 << 8;
constexpr std::uint16_t utf8_flag = 0x800, zip64_extra = 1;
constexpr std::uint32_t midnight_of_1980 = 0x00210000;  // date in the upper half, time in the lower
constexpr std::uint32_t owner_only = 0600u << 16;       // the Unix mode, as Python sets it
// Where Python changes to zip64.
constexpr std::uint64_t size_limit = 0x7fffffff;
constexpr std::size_t count_limit = 0xffff;
constexpr std::uint32_t in_extra = 0xffffffff;

using CrcTables = std::array<std::array<std::uint32_t, 256>, 8>;

// tables[k][b]: the effect of byte b followed by k zeros.
constexpr CrcTables make_crc_tables() {
  CrcTables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0u);
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < 8; ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = before >> 8 ^ tables[0][before & 255];
    }
  }
  return tables;
}

constexpr CrcTables crc_tables = make_crc_tables();

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  const auto byte_at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint32_t next = 0;
    for (std::size_t k = 0; k < 8; ++k) {
      const std::uint32_t mixed = byte_at(i + k) ^ (k < 4 ? crc >> (8 * k) & 255 : 0);
      next ^= crc_tables[7 - k][mixed];
    }
    crc = next;
  }
  for (; i < bytes.size(); ++i) crc = crc >> 8 ^ crc_tables[0][(crc ^ byte_at(i)) & 255];
  return ~crc;
}

/// Numbers in the format's byte order, one after the other.
class Record {
 public:
  Record& u16(std::uint64_t value) { return number(value, 2); }
  Record& u32(std::uint64_t value) { return number(value, 4); }
  Record& u64(std::uint64_t value) { return number(value, 8); }
  Record& text(std::string_view value) {
    bytes_.append(value);
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  Record& number(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes_.push_back(static_cast<char>(value >> (8 * i) & 255));
    return *this;
  }
  std::string bytes_;
};

std::uint32_t dos_now() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  const int year = std::clamp(local.tm_year - 80, 0, 127);
  const int date = year << 9 | (local.tm_mon + 1) << 5 | local.tm_mday;
  const int time = local.tm_hour << 11 | local.tm_min << 5 | std::min(local.tm_sec, 59) / 2;
  return static_cast<std::uint32_t>(date) << 16 | static_cast<std::uint32_t>(time);
}

std::uint16_t flags_of(const std::string& name) {
  const bool is_ascii = std::all_of(name.begin(), name.end(),
                                    [](char c) { return static_cast<signed char>(c) >= 0; });
  return is_ascii ? 0 : utf8_flag;
}

}  // namespace

ZipWriter::ZipWriter(std::filesystem::path target) : file_(std::move(target)) {}

void ZipWriter::add(const std::string& name, std::string_view bytes, Date date) {
  if (!is_safe_member_name(name) || name.size() > std::numeric_limits<std::uint16_t>::max()) {
    throw ValueError(concat("ZipWriter: `name` must be a relative path. Received: '", name, "'"));
  }
  if (std::any_of(members_.begin(), members_.end(),
                  [&](const Member& member) { return member.name == name; })) {
    throw ValueError(concat("ZipWriter: there is a member '", name, "' already"));
  }
  const Member member{name, bytes.size(), position_, crc32(bytes),
                      date == Date::now ? dos_now() : midnight_of_1980};
  const bool zip64 = member.size > size_limit;
  Record header;
  header.u32(member_signature).u16(zip64 ? zip64_version : version).u16(flags_of(name)).u16(0);
  header.u32(member.date_and_time).u32(member.crc);
  header.u32(zip64 ? in_extra : member.size).u32(zip64 ? in_extra : member.size);
  header.u16(name.size()).u16(zip64 ? 20 : 0).text(name);
  if (zip64) header.u16(zip64_extra).u16(16).u64(member.size).u64(member.size);
  write(header.bytes());
  write(bytes);
  members_.push_back(member);
}

void ZipWriter::commit() {
  write_directory();
  file_.commit();
}

void ZipWriter::write(std::string_view bytes) {
  file_.write(bytes);
  position_ += bytes.size();
}

void ZipWriter::write_directory() {
  const std::uint64_t start = position_;
  for (const Member& member : members_) {
    Record extra;
    if (member.size > size_limit) extra.u64(member.size).u64(member.size);
    if (member.offset > size_limit) extra.u64(member.offset);
    const std::size_t extra_size = extra.bytes().size();
    const std::uint16_t needed = extra_size ? zip64_version : version;
    const std::uint64_t size = member.size > size_limit ? in_extra : member.size;
    Record entry;
    entry.u32(entry_signature).u16(made_by_unix | needed).u16(needed).u16(flags_of(member.name));
    entry.u16(0).u32(member.date_and_time).u32(member.crc).u32(size).u32(size);
    entry.u16(member.name.size()).u16(extra_size ? extra_size + 4 : 0).u16(0).u16(0).u16(0);
    entry.u32(owner_only).u32(member.offset > size_limit ? in_extra : member.offset);
    entry.text(member.name);
    if (extra_size) entry.u16(zip64_extra).u16(extra_size).text(extra.bytes());
    write(entry.bytes());
  }
  const std::uint64_t end = position_, size = end - start, count = members_.size();
  Record tail;
  const bool zip64 = start > size_limit || size > size_limit || count > count_limit;
  if (zip64) {
    tail.u32(zip64_end_signature).u64(44).u16(zip64_version).u16(zip64_version).u32(0).u32(0);
    tail.u64(count).u64(count).u64(size).u64(start);
    tail.u32(zip64_locator_signature).u32(0).u64(end).u32(1);
  }
  const std::uint64_t stated_count = std::min<std::uint64_t>(count, count_limit);
  tail.u32(end_signature).u16(0).u16(0).u16(stated_count).u16(stated_count);
  tail.u32(std::min<std::uint64_t>(size, in_extra)).u32(std::min<std::uint64_t>(start, in_extra));
  tail.u16(0);
  write(tail.bytes());
}

}  // namespace keratin::io
