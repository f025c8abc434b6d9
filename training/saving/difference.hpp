#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "../../framework/function.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// How two models or files differ.
struct ModelDifference {
  /// Layers that only one has, and their connections.
  std::vector<std::string> architecture;
  /// Arguments of layers: "Layer 'stem' (Conv2D): strides: [1, 1] -> [2, 2]".
  std::vector<std::string> arguments;
  struct Weight {
    std::string path;
    Shape shape, other_shape;
    bool is_missing = false;        ///< only in the second
    bool is_other_missing = false;  ///< only in the first
    /// The largest difference of an element; infinite where one is no number and the other is.
    double largest = 0;
    bool differs() const {
      return is_missing || is_other_missing || shape != other_shape || largest != 0;
    }
  };
  /// All weights, the same ones too.
  std::vector<Weight> weights;
  bool same() const;
};

/// Layers and weights are compared by their names.
ModelDifference difference(const Function& a, const Function& b);

/// Compares two files: as models, or array by array where one of them holds only weights. Throws as
/// load_function().
ModelDifference difference_of_files(const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace keratin::inline KERATIN_VARIANT
