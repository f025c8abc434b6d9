#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "../base/basic_tensor.hpp"

namespace keratin::io {

/// An HDF5 file: opened for reading, or made in memory and then saved.
///
/// Objects are named by paths such as "/layers/dense/vars/0"; the leading '/' may be left out.
/// Every failure is a FileError that names the file and the object. Soft and external links,
/// external storage and virtual datasets are refused: they would read other files. So are datasets
/// that declare far more than the file holds. May be used from several threads: the HDF5 library
/// underneath is entered by one at a time.
class Hdf5File {
 public:
  /// Opens a file for reading. Throws FileError, with what the file is if it is not HDF5.
  static Hdf5File open(const std::filesystem::path& path);
  /// Opens the bytes of an HDF5 file for reading; `name` stands for it in messages.
  static Hdf5File from_image(std::string bytes, std::string name);
  /// An empty file in memory to write into; `save` puts it on disk, `image` gives its bytes.
  static Hdf5File create(std::string name = "new file");

  Hdf5File(Hdf5File&&) noexcept;
  Hdf5File& operator=(Hdf5File&&) noexcept;
  ~Hdf5File();

  const std::string& name() const;

  bool has(const std::string& path) const;
  bool is_group(const std::string& path) const;
  bool is_dataset(const std::string& path) const;
  enum class Order { name, creation };
  /// The names in a group, sorted by their bytes, or in order of creation where the file keeps it
  /// (Keras's files don't; then by name).
  std::vector<std::string> children(const std::string& group = "/",
                                    Order order = Order::name) const;
  /// The paths, from the root, of all datasets in and below `group`, depth first, sorted by name.
  std::vector<std::string> datasets(const std::string& group = "/") const;

  Shape shape(const std::string& dataset) const;
  /// NumPy's name of the stored type: "float32", "int64", "bool", "bfloat16"..., "string", or
  /// "unknown" for what read_dataset can't read.
  std::string dtype(const std::string& dataset) const;
  /// Bytes that the dataset occupies in the file.
  std::uint64_t stored_bytes(const std::string& dataset) const;
  /// Reads a dataset of any numeric type, converted to T (values outside of an integer T's range
  /// are clipped). T: float, double, and the signed and unsigned integers of 8 to 64 bits.
  template <class T>
  BasicTensor<T> read_dataset(const std::string& dataset) const;
  /// The elements of a dataset of strings, in row-major order.
  std::vector<std::string> read_strings(const std::string& dataset) const;

  bool has_attribute(const std::string& object, const std::string& name) const;
  std::vector<std::string> attribute_names(const std::string& object) const;
  /// A text of fixed or variable length.
  std::string string_attribute(const std::string& object, const std::string& name) const;
  /// A list of texts. An empty array of any type is an empty list, as h5py writes it. A list split
  /// by Keras into `name`0, `name`1... is put together.
  std::vector<std::string> string_list_attribute(const std::string& object,
                                                 const std::string& name) const;
  std::int64_t int_attribute(const std::string& object, const std::string& name) const;
  double float_attribute(const std::string& object, const std::string& name) const;

  /// Makes a group and those above it; does nothing if it is there.
  void create_group(const std::string& group);
  /// Writes a dataset as h5py does: contiguous, little-endian, the groups above it made on the way.
  /// `dtype` is the stored type by NumPy's name ("float16", "bfloat16", "bool"...), by default T's
  /// own. Throws FileError if there is an object of that path.
  template <class T>
  void write_dataset(const std::string& dataset, const BasicTensor<T>& tensor,
                     const std::string& dtype = {});
  /// HDF5 marks texts as one or the other; Keras marks what it encodes itself (model_config,
  /// layer_names...) as ASCII.
  enum class Encoding { utf8, ascii };
  /// Writes an attribute in place of one of the same name: a text of variable length, or a number.
  void write_attribute(const std::string& object, const std::string& name, const std::string& text,
                       Encoding encoding = Encoding::utf8);
  void write_attribute(const std::string& object, const std::string& name, std::int64_t value);
  void write_attribute(const std::string& object, const std::string& name, double value);
  /// Writes a list of texts as Keras does: split into `name`0, `name`1... where it would not fit
  /// into an object's header (64512 bytes), an empty list as an empty array of float64.
  void write_string_list(const std::string& object, const std::string& name,
                         const std::vector<std::string>& texts);

  /// The bytes of the file as it stands.
  std::string image() const;
  /// Writes the file as it stands to `path`: whole, or not at all. Throws FileError.
  void save(const std::filesystem::path& path) const;

  struct State;  // private to the library

 private:
  explicit Hdf5File(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace keratin::io
