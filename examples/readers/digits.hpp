#pragma once

#include <filesystem>

#include <keratin/keratin.hpp>

namespace readers {

/// Images (samples, height, width, 1) with values 0 to 255 or 0 to 16, and labels (samples,).
struct Digits {
  keratin::Tensor images;
  keratin::Tensor labels;
};

/// Reads a pair of gzipped IDX files, the format of MNIST. Throws keratin::FileError.
Digits read_idx(const std::filesystem::path& images, const std::filesystem::path& labels);

/// Reads the CSV of UCI's optdigits: 64 values 0 to 16 and the label. Throws keratin::FileError.
Digits read_optdigits(const std::filesystem::path& path);

/// The samples [first, last).
keratin::Tensor rows(const keratin::Tensor& tensor, std::size_t first, std::size_t last);

}  // namespace readers
