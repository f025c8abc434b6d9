#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <hdf5.h>

#include "../../../framework/io/hdf5.hpp"
#include "../../../framework/nn/padding.hpp"
#include "../../support/paths.hpp"

/// Reads what Keras computed for single operations: a group per case, with the layer's arguments as
/// attributes and tensors as datasets.
namespace keratin::test {

/// A layer's arguments in tf.nn's form. One-dimensional cases become images of height 1.
struct GoldenCase {
  const io::Hdf5File* file = nullptr;
  std::string group;
  nn::Padding padding = "VALID";
  std::string data_format;
  std::vector<Dim> strides, dilations;

  bool has(const std::string& name) const { return file->has(group + "/" + name); }
  template <class T>
  BasicTensor<T> read(const std::string& name) const {
    return file->read_dataset<T>(group + "/" + name);
  }
};

/// The elements of an integer array in an attribute of `group`.
inline std::vector<Dim> int_attribute(hid_t file, const std::string& group, const char* name) {
  const hid_t attribute = H5Aopen_by_name(file, group.c_str(), name, H5P_DEFAULT, H5P_DEFAULT);
  REQUIRE(attribute >= 0);
  const hid_t space = H5Aget_space(attribute);
  std::vector<Dim> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
  REQUIRE(H5Aread(attribute, H5T_NATIVE_INT64, values.data()) >= 0);
  H5Sclose(space);
  H5Aclose(attribute);
  return values;
}

/// Calls `check` with every case in the groups called `op`, of the part of Keras's results that is
/// in the repository and, where there are all of them, of `whole` too. Returns how many there were.
inline std::size_t for_each_golden(const std::string& whole, const std::string& op,
                                   const std::function<void(const GoldenCase&)>& check) {
  std::size_t count = 0;
  for (const std::string& path : {paths::data("keras_ops.h5"), paths::shared("golden/" + whole)}) {
    if (!std::filesystem::exists(path)) continue;
    const auto file = io::Hdf5File::open(path);
    if (!file.has(op)) continue;
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);  // as Hdf5File, or the file can't be shared
    const hid_t id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access);
    REQUIRE(id >= 0);
    for (const std::string& name : file.children(op)) {
      GoldenCase c;
      c.file = &file;
      c.group = op + "/" + name;
      CAPTURE(c.group);
      const bool same = file.string_attribute(c.group, "padding") == "same";
      const bool nchw = file.string_attribute(c.group, "data_format") == "channels_first";
      c.padding = same ? "SAME" : "VALID";
      c.data_format = nchw ? "NCHW" : "NHWC";
      std::vector<Dim> strides = int_attribute(id, c.group, "strides");
      c.dilations = int_attribute(id, c.group, "dilation_rate");
      if (strides.size() == 1) strides.insert(strides.begin(), 1);
      if (c.dilations.size() == 1) c.dilations.insert(c.dilations.begin(), 1);
      c.strides = nchw ? std::vector<Dim>{1, 1, strides[0], strides[1]}
                       : std::vector<Dim>{1, strides[0], strides[1], 1};
      check(c);
      ++count;
    }
    H5Fclose(id);
    H5Pclose(access);
  }
  return count;
}

}  // namespace keratin::test
