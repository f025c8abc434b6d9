#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "../../framework/io/hdf5.hpp"
#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// The variables of a weights file in Keras 3's layout, by the place of their owner in the model:
/// "layers/dense", "optimizer", "" for the model itself. Whether the file is HDF5 or an npz archive
/// makes no difference here.
class VariableStore {
 public:
  struct Variable {
    Shape shape;
    std::function<Tensor()> read;
    /// Where it is in the file, for messages.
    std::string where;
  };

  /// The variables under "/vars" groups of an HDF5 file.
  static VariableStore of(std::shared_ptr<const io::Hdf5File> file);

  const std::string& source() const { return source_; }
  /// The variables of the owner at `path`, in numeric order. Empty where there are none.
  const std::vector<Variable>& at(const std::string& path) const;
  /// Where this file has what is stored in the folder "layers" of `parent`, layers of these class
  /// names (in snake case) in this order. Files of Keras 2 number them otherwise.
  std::vector<std::string> layer_paths(const std::string& parent,
                                       const std::vector<std::string>& class_names) const;
  /// The paths of all owners.
  std::vector<std::string> paths() const;

  explicit VariableStore(std::string source) : source_(std::move(source)) {}
  /// Adds the variables under "/vars" groups of an HDF5 file.
  void add_variables(const std::shared_ptr<const io::Hdf5File>& file);
  /// Adds variable `index` of the owner at `path`. Throws FileError where it is there already.
  void add(const std::string& path, std::size_t index, Variable variable);
  /// Throws FileError where an owner's variables are not numbered 0, 1, 2...
  void finish();

 private:
  bool has_folder(const std::string& folder) const;
  std::set<std::size_t> numbers(const std::string& folder, const std::string& class_name) const;

  std::string source_;
  std::map<std::string, std::map<std::size_t, Variable>> pending_;
  std::map<std::string, std::vector<Variable>> owners_;
};

}  // namespace keratin::inline KERATIN_VARIANT::saving
