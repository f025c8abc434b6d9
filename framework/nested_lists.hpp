#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "function.hpp"

// Lists within the list of a model's outputs, as the states of stacked cells are. They matter to
// files alone, and are noted in Structure::written_keys, for which a list has no other use.
namespace keratin::inline KERATIN_VARIANT {

/// Notes that `count` tensors from `first` on are a list.
inline void note_list(Structure& structure, std::size_t first, std::size_t count) {
  structure.written_keys.push_back(concat(first, "+", count));
}

/// The first tensor and the number of tensors of each list noted.
inline std::vector<std::pair<std::size_t, std::size_t>> lists_of(const Structure& structure) {
  std::vector<std::pair<std::size_t, std::size_t>> lists;
  for (const std::string& text : structure.written_keys)
    lists.emplace_back(std::stoul(text), std::stoul(text.substr(text.find('+') + 1)));
  return lists;
}

}  // namespace keratin::inline KERATIN_VARIANT
