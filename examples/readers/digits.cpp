#include "digits.hpp"

#include <cstdint>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <zlib.h>

namespace readers {
namespace {

using keratin::Dim;
using keratin::FileError;
using keratin::Shape;
using keratin::Tensor;

class GzipFile {
 public:
  explicit GzipFile(const std::filesystem::path& path)
      : name_(path.string()), file_(gzopen(path.c_str(), "rb"), gzclose) {
    if (!file_) throw FileError("Cannot open " + name_);
  }
  void read(void* bytes, std::size_t count) {
    if (gzread(file_.get(), bytes, static_cast<unsigned>(count)) != static_cast<int>(count))
      throw FileError(name_ + " ends too early");
  }
  Dim read_size() {
    unsigned char b[4];
    read(b, 4);
    return (Dim{b[0]} << 24) | (Dim{b[1]} << 16) | (Dim{b[2]} << 8) | Dim{b[3]};
  }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
};

/// An IDX file of bytes: 0, 0, type 8, the number of axes, their sizes, the elements.
Tensor read_idx_file(const std::filesystem::path& path, std::size_t axes) {
  GzipFile file(path);
  unsigned char magic[4];
  file.read(magic, 4);
  if (magic[0] != 0 || magic[1] != 0 || magic[2] != 8 || magic[3] != axes)
    throw FileError(file.name() + " is no IDX file of bytes with " + std::to_string(axes) +
                    " axes");
  Shape shape;
  std::size_t count = 1;
  for (std::size_t i = 0; i < axes; ++i) {
    shape.push_back(file.read_size());
    if (shape.back() > 1'000'000) throw FileError(file.name() + " has an absurd size");
    count *= static_cast<std::size_t>(shape.back());
  }
  if (count > std::size_t{1} << 30) throw FileError(file.name() + " has an absurd size");
  std::vector<unsigned char> bytes(count);
  file.read(bytes.data(), count);
  Tensor tensor = keratin::empty(shape);
  for (std::size_t i = 0; i < count; ++i) tensor.flat(i) = bytes[i];
  return tensor;
}

}  // namespace

Digits read_idx(const std::filesystem::path& images, const std::filesystem::path& labels) {
  Digits digits{read_idx_file(images, 3), read_idx_file(labels, 1)};
  if (digits.images.shape(0) != digits.labels.shape(0))
    throw FileError(images.string() + " and " + labels.string() + " differ in number");
  Shape shape = keratin::shape_of(digits.images);
  shape.push_back(1);
  digits.images.reshape(shape);
  return digits;
}

Digits read_optdigits(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw FileError("Cannot open " + path.string());
  std::vector<float> pixels, labels;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream values(line);
    std::string value;
    std::vector<float> row;
    while (std::getline(values, value, ',')) row.push_back(std::stof(value));
    if (row.size() != 65) throw FileError(path.string() + ": expected 65 values in: " + line);
    labels.push_back(row.back());
    pixels.insert(pixels.end(), row.begin(), row.end() - 1);
  }
  const auto count = static_cast<Dim>(labels.size());
  Digits digits{keratin::empty({count, 8, 8, 1}), keratin::empty({count})};
  std::copy(pixels.begin(), pixels.end(), digits.images.begin());
  std::copy(labels.begin(), labels.end(), digits.labels.begin());
  return digits;
}

Tensor rows(const Tensor& tensor, std::size_t first, std::size_t last) {
  Shape shape = keratin::shape_of(tensor);
  const std::size_t row = tensor.size() / tensor.shape(0);
  shape[0] = static_cast<Dim>(last - first);
  Tensor part = keratin::empty(shape);
  std::copy(tensor.data() + first * row, tensor.data() + last * row, part.data());
  return part;
}

}  // namespace readers
