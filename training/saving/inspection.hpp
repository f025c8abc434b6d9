#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// An array in a file, with statistics of its finite elements.
struct StoredArray {
  std::string path;
  Shape shape;
  std::string dtype;
  std::uint64_t bytes = 0;
  double min = 0, max = 0, mean = 0, deviation = 0;
  /// How many elements are infinite or no number.
  std::size_t not_finite = 0;
};

/// What is in a file of Keras's, seen without making a model of it.
struct Inspection {
  /// "keras", "h5", "weights.h5" or "json".
  std::string format;
  /// Empty where the file does not say.
  std::string keras_version, backend;
  /// "Functional 'digits', 7 layers"; empty where there is no architecture.
  std::string model;
  /// Whether the settings of compile() are there.
  bool is_compiled = false;
  /// By their paths.
  std::vector<StoredArray> arrays;
};

/// Looks into a file: whole models and weights-only files, with any layers. Throws FileError for
/// what is none of Keras's formats.
Inspection inspect_file(const std::filesystem::path& path);

}  // namespace keratin::inline KERATIN_VARIANT
