#pragma once

// Private to the hdf5_*.cpp files: the messages of an object header of version 1.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "byte_source.hpp"

namespace keratin::io::hdf5 {

inline constexpr std::uint64_t undefined_address = ~std::uint64_t{0};

/// The global heaps, which hold the texts of variable length.
class GlobalHeaps {
 public:
  GlobalHeaps(const ByteSource& file, std::uint64_t base) : file_(file), base_(base) {}
  /// Throws FileError unless each of the `count` references in `data` leads to as many bytes as it
  /// says.
  void check_texts(std::string_view data, std::uint64_t count);

 private:
  using Sizes = std::map<std::uint32_t, std::uint64_t>;  // of a heap's objects, by their index
  const Sizes& heap_at(std::uint64_t address);

  const ByteSource& file_;
  std::uint64_t base_;
  std::map<std::uint64_t, Sizes> heaps_;
};

/// What the checks of an object's dataset need to know together.
struct DatasetParts {
  bool is_text = false;
  std::uint64_t elements = 0, element_bytes = 0;
  std::uint64_t address = undefined_address, bytes = 0;
};

/// Checks one message; what it says about a dataset is added to `parts`.
void check_message(std::uint16_t type, std::uint8_t flags, std::string_view body,
                   GlobalHeaps& heaps, DatasetParts& parts);

}  // namespace keratin::io::hdf5
