#include <algorithm>
#include <limits>

#include "../base/float16.hpp"
#include "hdf5.hpp"
#include "hdf5_state.hpp"
#include "hdf5_strings.hpp"
#include "hdf5_types.hpp"

namespace keratin::io {

using hdf5::Handle;
using hdf5::Session;

namespace {

std::string described(const std::string& path) { return concat("dataset '", path, "'"); }

struct Dataset {
  Handle id, type, space;
  Shape shape;
  std::string dtype;
  std::uint64_t elements = 0, element_bytes = 0;
};

std::string dtype_of(const Hdf5File::State& state, const Handle& dataset, const Handle& type) {
  std::string dtype = hdf5::type_name(type);
  // Keras's form of bfloat16, which HDF5 and NumPy don't know.
  if (dtype == "uint16" && H5Aexists(dataset, "dtype") > 0) {
    const Handle attribute(H5Aopen(dataset, "dtype", H5P_DEFAULT));
    const auto texts = hdf5::read_attribute_strings(state, attribute, "attribute 'dtype'");
    if (texts.size() == 1 && texts[0] == "bfloat16") dtype = "bfloat16";
  }
  return dtype;
}

Dataset open_dataset(const Hdf5File::State& state, const std::string& path) {
  const std::string what = described(path);
  Dataset dataset;
  dataset.id = state.open(path, H5I_DATASET);
  dataset.type = state.checked(H5Dget_type(dataset.id), what);
  dataset.space = state.checked(H5Dget_space(dataset.id), what);
  const int rank = H5Sget_simple_extent_ndims(dataset.space);
  if (rank < 0) state.fail(what);
  std::vector<hsize_t> dims(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(dataset.space, dims.data(), nullptr);
  dataset.dtype = dtype_of(state, dataset.id, dataset.type);
  dataset.element_bytes = H5Tget_size(dataset.type);
  dataset.elements = H5Sget_simple_extent_type(dataset.space) == H5S_NULL ? 0 : 1;
  // The product of all dims but zeros must fit too: shapes are multiplied up elsewhere.
  std::uint64_t product = 16;
  for (const hsize_t dim : dims) {
    if (dim > 0 && product > std::numeric_limits<std::int64_t>::max() / dim) {
      state.fail(what, concat("absurd shape: ", dims));
    }
    product *= dim > 0 ? dim : 1;
    dataset.elements *= dim;
    dataset.shape.push_back(static_cast<Dim>(dim));
  }
  if (dataset.elements == 0 && rank == 0) dataset.shape = {0};
  return dataset;
}

// Refuses what would read other files, and what would take far more memory than the file has bytes.
void check_storage(const Hdf5File::State& state, const std::string& path, const Dataset& dataset) {
  const std::string what = described(path);
  const Handle creation = state.checked(H5Dget_create_plist(dataset.id), what);
  const H5D_layout_t layout = H5Pget_layout(creation);
  if (layout == H5D_VIRTUAL) {
    state.fail(what, "it is a virtual dataset, which would read other files; refused for safety");
  }
  if (H5Pget_external_count(creation) != 0) {
    state.fail(what, "it has external storage, which would read other files; refused for safety");
  }
  const std::uint64_t stored = H5Dget_storage_size(dataset.id);
  const std::uint64_t declared = dataset.elements * dataset.element_bytes;
  hsize_t file_bytes = 0;
  if (H5Fget_filesize(state.file, &file_bytes) < 0) state.fail(what);
  if (stored > file_bytes) {
    state.fail(what, concat("truncated or corrupt: it takes ", stored, " bytes in a file of ",
                            file_bytes));
  }
  if (layout != H5D_CHUNKED && stored != 0 && declared > stored) {
    state.fail(what, concat("corrupt: shape ", dataset.shape, " takes ", declared,
                            " bytes, but only ", stored, " are stored"));
  }
  std::uint64_t largest = declared;
  if (layout == H5D_CHUNKED) {
    std::vector<hsize_t> chunk(dataset.shape.size());
    if (H5Pget_chunk(creation, static_cast<int>(chunk.size()), chunk.data()) < 0) state.fail(what);
    std::uint64_t chunk_bytes = dataset.element_bytes;
    for (const hsize_t dim : chunk) chunk_bytes *= dim;  // below 4 GiB, the library sees to it
    largest = std::max(largest, chunk_bytes);
  }
  if (largest > hdf5::trusted_bytes && largest / hdf5::largest_ratio > stored) {
    state.fail(what, concat("refused as a decompression bomb: ", largest, " bytes from ", stored,
                            " stored"));
  }
}

void read_into(const Hdf5File::State& state, const std::string& path, const Dataset& dataset,
               hid_t memory_type, void* data) {
  if (H5Dread(dataset.id, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0) {
    state.fail(described(path));
  }
}

template <class Stored, class T>
void read_16_bit_floats(const Hdf5File::State& state, const std::string& path,
                        const Dataset& dataset, T* result) {
  std::vector<std::uint16_t> bits(dataset.elements);
  const Handle stored_form(H5Tcopy(dataset.type));
  H5Tset_order(stored_form, H5Tget_order(H5T_NATIVE_UINT16));
  read_into(state, path, dataset, stored_form, bits.data());
  for (std::size_t i = 0; i < bits.size(); ++i) {
    result[i] = static_cast<T>(static_cast<float>(Stored::from_bits(bits[i])));
  }
}

}  // namespace

Shape Hdf5File::shape(const std::string& dataset) const {
  const Session session;
  return open_dataset(*state_, dataset).shape;
}

std::string Hdf5File::dtype(const std::string& dataset) const {
  const Session session;
  return open_dataset(*state_, dataset).dtype;
}

std::uint64_t Hdf5File::stored_bytes(const std::string& dataset) const {
  const Session session;
  return H5Dget_storage_size(state_->open(dataset, H5I_DATASET));
}

template <class T>
BasicTensor<T> Hdf5File::read_dataset(const std::string& path) const {
  const Session session;
  const Dataset dataset = open_dataset(*state_, path);
  check_storage(*state_, path, dataset);
  if (dataset.dtype == "string" || dataset.dtype == "unknown") {
    state_->fail(described(path), concat("expected numbers, found elements of ",
                                         dataset.dtype == "string" ? "text" : "an unknown type"));
  }
  auto result = empty_tensor<T>(dataset.shape);
  if (dataset.elements == 0) return result;
  if (dataset.dtype == "float16") {
    read_16_bit_floats<half>(*state_, path, dataset, result.data());
  } else if (dataset.dtype == "bfloat16") {
    read_16_bit_floats<bfloat16>(*state_, path, dataset, result.data());
  } else {
    read_into(*state_, path, dataset, hdf5::native_type<T>(), result.data());
  }
  return result;
}

template BasicTensor<float> Hdf5File::read_dataset(const std::string&) const;
template BasicTensor<double> Hdf5File::read_dataset(const std::string&) const;
template BasicTensor<std::int8_t> Hdf5File::read_dataset(const std::string&) const;
template BasicTensor<std::int16_t> Hdf5File::read_dataset(const std::string&) const;
template BasicTensor<std::int32_t> Hdf5File::read_dataset(const std::string&) const;
template BasicTensor<std::int64_t> Hdf5File::read_dataset(const std::string&) const;
template BasicTensor<std::uint8_t> Hdf5File::read_dataset(const std::string&) const;
template BasicTensor<std::uint16_t> Hdf5File::read_dataset(const std::string&) const;
template BasicTensor<std::uint32_t> Hdf5File::read_dataset(const std::string&) const;
template BasicTensor<std::uint64_t> Hdf5File::read_dataset(const std::string&) const;

std::vector<std::string> Hdf5File::read_strings(const std::string& path) const {
  const Session session;
  const Dataset dataset = open_dataset(*state_, path);
  check_storage(*state_, path, dataset);
  return hdf5::read_strings(
      *state_, dataset.type, dataset.space, described(path), [&](hid_t type, void* buffer) {
        return H5Dread(dataset.id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer);
      });
}

}  // namespace keratin::io
