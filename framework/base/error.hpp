#pragma once

#include <array>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace keratin {

/// Root of every exception thrown by the library.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An argument has a value that the callee cannot work with.
class ValueError : public Error {
 public:
  using Error::Error;
};

/// A tensor's shape does not fit the layer or function it was given to.
class ShapeError : public ValueError {
 public:
  using ValueError::ValueError;
};

/// A file cannot be read or written, or does not hold what its format promises.
class FileError : public Error {
 public:
  using Error::Error;
};

namespace detail {

template <class T>
void append(std::ostream& out, const T& value) {
  out << value;
}

inline void append(std::ostream& out, bool value) { out << (value ? "True" : "False"); }

template <class Range>
void append_tuple(std::ostream& out, const Range& values) {
  out << '(';
  std::size_t count = 0;
  for (const auto& value : values) {
    if (count++) out << ", ";
    append(out, value);
  }
  out << (count == 1 ? ",)" : ")");
}

template <class T>
void append(std::ostream& out, const std::vector<T>& values) {
  append_tuple(out, values);
}

template <class T, std::size_t N>
void append(std::ostream& out, const std::array<T, N>& values) {
  append_tuple(out, values);
}

}  // namespace detail

/// Joins its arguments into a message: `concat("Received: shape=", shape)`. Sequences are printed
/// as Python tuples and truth values as True and False, so that messages read as Keras's do.
template <class... Parts>
std::string concat(const Parts&... parts) {
  std::ostringstream out;
  (detail::append(out, parts), ...);
  return out.str();
}

}  // namespace keratin
