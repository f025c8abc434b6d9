#include <limits>

#include "../base/error.hpp"
#include "npy.hpp"

namespace keratin::io {
namespace {

using namespace std::string_view_literals;

constexpr auto magic = "\x93NUMPY"sv;

/// Reads the Python dict of the header:
/// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  NpyHeader parse() {
    NpyHeader header;
    bool has_descr = false, has_order = false, has_shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr") {
        if (peek() == '[') fail("arrays of records are not read");
        header.descr = quoted();
        has_descr = true;
      } else if (key == "fortran_order") {
        header.fortran_order = truth();
        has_order = true;
      } else if (key == "shape") {
        header.shape = tuple();
        has_shape = true;
      } else {
        fail(concat("unknown key '", key, "' in its header"));
      }
      if (!accept(',') && peek() != '}') fail("its header is damaged");
    }
    if (!has_descr || !has_order || !has_shape) fail("its header is incomplete");
    return header;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw FileError(concat(name_, ": cannot be read as a NumPy array: ", why));
  }
  char peek() {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\n')) text_.remove_prefix(1);
    return text_.empty() ? '\0' : text_[0];
  }
  bool accept(char wanted) {
    if (peek() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) fail("its header is damaged");
  }

  std::string quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail("its header is damaged");
    const std::size_t end = text_.find(quote, 1);
    if (end == text_.npos) fail("its header is damaged");
    const std::string result(text_.substr(1, end - 1));
    text_.remove_prefix(end + 1);
    return result;
  }

  bool truth() {
    peek();
    for (const auto word : {"True"sv, "False"sv}) {
      if (text_.starts_with(word)) {
        text_.remove_prefix(word.size());
        return word == "True"sv;
      }
    }
    fail("its header is damaged");
  }

  Shape tuple() {
    Shape shape;
    expect('(');
    while (!accept(')')) {
      shape.push_back(number());
      accept('L');  // as Python 2 wrote long integers
      if (!accept(',') && peek() != ')') fail("its header is damaged");
    }
    return shape;
  }

  Dim number() {
    if (peek() < '0' || peek() > '9') fail("its header is damaged");
    Dim value = 0;
    for (; !text_.empty() && text_[0] >= '0' && text_[0] <= '9'; text_.remove_prefix(1)) {
      if (value > std::numeric_limits<Dim>::max() / 10 - 1) fail("absurd shape");
      value = 10 * value + (text_[0] - '0');
    }
    return value;
  }

  std::string_view text_;
  const std::string& name_;
};

}  // namespace

NpyHeader npy_header(std::string_view bytes, const std::string& name) {
  const auto fail = [&](const char* why) {
    throw FileError(concat(name, ": cannot be read as a NumPy array: ", why));
  };
  if (!bytes.starts_with(magic)) fail("it does not begin as one");
  const auto byte_at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.size() < 8) fail("it is truncated");
  const int version = byte_at(6);
  if (version < 1 || version > 3) fail("its version is unknown");
  const std::size_t length_bytes = version == 1 ? 2 : 4, start = 8 + length_bytes;
  if (bytes.size() < start) fail("it is truncated");
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) length |= std::size_t{byte_at(8 + i)} << (8 * i);
  if (bytes.size() - start < length) fail("it is truncated");
  NpyHeader header = HeaderParser(bytes.substr(start, length), name).parse();
  header.data_offset = start + length;
  return header;
}

}  // namespace keratin::io
