#include <algorithm>

#include "../base/float16.hpp"
#include "atomic_file.hpp"
#include "hdf5.hpp"
#include "hdf5_state.hpp"
#include "hdf5_types.hpp"

namespace keratin::io {

using hdf5::Handle;
using hdf5::Session;

namespace {

// What Keras lets an attribute take of an object's header, of 64 KiB.
constexpr std::size_t header_limit = 64512;

std::string described(const std::string& object, const std::string& attribute) {
  return concat("attribute '", attribute, "' of '", object, "'");
}

Handle text_type(Hdf5File::Encoding encoding) {
  Handle type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, encoding == Hdf5File::Encoding::utf8 ? H5T_CSET_UTF8 : H5T_CSET_ASCII);
  return type;
}

void write_raw_attribute(const Hdf5File::State& state, const std::string& object,
                         const std::string& name, hid_t stored_type, hid_t memory_type, hid_t space,
                         const void* data) {
  const std::string what = described(object, name);
  const Handle owner = state.open(object, H5I_UNINIT);
  if (H5Aexists(owner, name.c_str()) > 0 && H5Adelete(owner, name.c_str()) < 0) state.fail(what);
  const Handle attribute = state.checked(
      H5Acreate2(owner, name.c_str(), stored_type, space, H5P_DEFAULT, H5P_DEFAULT), what);
  if (data && H5Awrite(attribute, memory_type, data) < 0) state.fail(what);
}

void check_text(const std::string& text, const std::string& what) {
  if (text.find('\0') != text.npos) {
    throw ValueError(concat(what, ": a text that contains a null character can't be stored"));
  }
}

void write_texts(const Hdf5File::State& state, const std::string& object, const std::string& name,
                 const std::string* texts, std::size_t count) {
  std::vector<const char*> pointers(count);
  std::transform(texts, texts + count, pointers.begin(),
                 [](const std::string& text) { return text.c_str(); });
  const hsize_t dims = count;
  const Handle space(H5Screate_simple(1, &dims, nullptr));
  const Handle type = text_type(Hdf5File::Encoding::ascii);
  write_raw_attribute(state, object, name, type, type, space, pointers.data());
}

template <class Stored, class T>
std::vector<std::uint16_t> bits_of(const BasicTensor<T>& tensor) {
  std::vector<std::uint16_t> bits(tensor.size());
  std::transform(tensor.data(), tensor.data() + tensor.size(), bits.begin(),
                 [](T value) { return Stored(value).bits; });
  return bits;
}

// float16 values are rounded by us, and go as they are into a type of the machine's byte order.
Handle native_half_type() {
  Handle type = hdf5::stored_type("float16");
  H5Tset_order(type, H5Tget_order(H5T_NATIVE_UINT16));
  return type;
}

template <class T>
herr_t write_elements(hid_t dataset, const std::string& dtype, const BasicTensor<T>& tensor) {
  const auto write = [&](hid_t memory_type, const void* data) {
    return H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
  };
  if (dtype == "float16") return write(native_half_type(), bits_of<half>(tensor).data());
  if (dtype == "bfloat16") return write(H5T_NATIVE_UINT16, bits_of<bfloat16>(tensor).data());
  if (dtype == "bool") {
    std::vector<std::int8_t> truths(tensor.size());
    std::transform(tensor.data(), tensor.data() + tensor.size(), truths.begin(),
                   [](T value) { return std::int8_t{value != T(0)}; });
    return write(hdf5::stored_type("bool"), truths.data());
  }
  return write(hdf5::native_type<T>(), tensor.data());
}

// The library's own copy of a file made in memory; valid until the file changes.
std::string_view memory_of(const Hdf5File::State& state) {
  const std::string what = "cannot be brought into its final form";
  if (H5Fflush(state.file, H5F_SCOPE_GLOBAL) < 0) state.fail(what);
  const ssize_t bytes = H5Fget_file_image(state.file, nullptr, 0);
  void** memory = nullptr;
  const Handle access = state.checked(H5Fget_access_plist(state.file), what);
  if (bytes < 0 || H5Pget_driver(access) != H5FD_CORE ||
      H5Fget_vfd_handle(state.file, access, reinterpret_cast<void**>(&memory)) < 0) {
    state.fail(what);
  }
  return {static_cast<const char*>(*memory), static_cast<std::size_t>(bytes)};
}

}  // namespace

void Hdf5File::create_group(const std::string& group) {
  const Session session;
  const Handle existing = state_->find(group);
  if (existing >= 0) {
    state_->open(group, H5I_GROUP);
    return;
  }
  const Handle links(H5Pcreate(H5P_LINK_CREATE));
  H5Pset_create_intermediate_group(links, 1);
  state_->checked(H5Gcreate2(state_->file, group.c_str(), links, H5P_DEFAULT, H5P_DEFAULT),
                  concat("group '", group, "'"));
}

template <class T>
void Hdf5File::write_dataset(const std::string& path, const BasicTensor<T>& tensor,
                             const std::string& dtype) {
  const Session session;
  const std::string what = concat("dataset '", path, "'");
  const std::string stored = dtype.empty() ? hdf5::type_name(hdf5::native_type<T>()) : dtype;
  const Handle type = hdf5::stored_type(stored);
  if (type < 0) throw ValueError(concat(what, ": `dtype` can't be stored. Received: ", dtype));
  const std::vector<hsize_t> dims(tensor.shape().begin(), tensor.shape().end());
  const Handle space(dims.empty()
                         ? H5Screate(H5S_SCALAR)
                         : H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr));
  const Handle links(H5Pcreate(H5P_LINK_CREATE)), creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_create_intermediate_group(links, 1);
  H5Pset_obj_track_times(creation, false);  // the same content gives the same bytes
  const Handle dataset = state_->checked(
      H5Dcreate2(state_->file, path.c_str(), type, space, links, creation, H5P_DEFAULT), what);
  if (tensor.size() > 0 && write_elements(dataset, stored, tensor) < 0) state_->fail(what);
  if (stored == "bfloat16") write_attribute(path, "dtype", std::string("bfloat16"));
}

template void Hdf5File::write_dataset(const std::string&, const BasicTensor<float>&,
                                      const std::string&);
template void Hdf5File::write_dataset(const std::string&, const BasicTensor<double>&,
                                      const std::string&);
template void Hdf5File::write_dataset(const std::string&, const BasicTensor<std::int8_t>&,
                                      const std::string&);
template void Hdf5File::write_dataset(const std::string&, const BasicTensor<std::int32_t>&,
                                      const std::string&);
template void Hdf5File::write_dataset(const std::string&, const BasicTensor<std::int64_t>&,
                                      const std::string&);
template void Hdf5File::write_dataset(const std::string&, const BasicTensor<std::uint8_t>&,
                                      const std::string&);
template void Hdf5File::write_dataset(const std::string&, const BasicTensor<std::uint32_t>&,
                                      const std::string&);
template void Hdf5File::write_dataset(const std::string&, const BasicTensor<std::uint64_t>&,
                                      const std::string&);

void Hdf5File::write_attribute(const std::string& object, const std::string& name,
                               const std::string& text, Encoding encoding) {
  const Session session;
  check_text(text, described(object, name));
  const Handle type = text_type(encoding), space(H5Screate(H5S_SCALAR));
  const char* pointer = text.c_str();
  write_raw_attribute(*state_, object, name, type, type, space, &pointer);
}

void Hdf5File::write_attribute(const std::string& object, const std::string& name,
                               std::int64_t value) {
  const Session session;
  const Handle space(H5Screate(H5S_SCALAR));
  write_raw_attribute(*state_, object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, space, &value);
}

void Hdf5File::write_attribute(const std::string& object, const std::string& name, double value) {
  const Session session;
  const Handle space(H5Screate(H5S_SCALAR));
  write_raw_attribute(*state_, object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, space, &value);
}

void Hdf5File::write_string_list(const std::string& object, const std::string& name,
                                 const std::vector<std::string>& texts) {
  const Session session;
  if (texts.empty()) {
    const hsize_t dims = 0;
    const Handle space(H5Screate_simple(1, &dims, nullptr));
    return write_raw_attribute(*state_, object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, space,
                               nullptr);
  }
  // Keras counts every text with the length of the longest; stored here, one takes 16 bytes.
  std::size_t bytes_each = 16;
  for (const std::string& text : texts) {
    check_text(text, described(object, name));
    bytes_each = std::max(bytes_each, text.size());
  }
  if (bytes_each > header_limit) {
    throw ValueError(concat(described(object, name), ": a text of more than ", header_limit,
                            " bytes can't be stored. Received one of ", bytes_each));
  }
  // As numpy.array_split: sizes differ by one at most, the larger chunks first.
  std::size_t chunks = 1;
  while ((texts.size() + chunks - 1) / chunks * bytes_each > header_limit) ++chunks;
  if (chunks == 1) return write_texts(*state_, object, name, texts.data(), texts.size());
  for (std::size_t chunk = 0, begin = 0; chunk < chunks; ++chunk) {
    const std::size_t count = texts.size() / chunks + (chunk < texts.size() % chunks);
    write_texts(*state_, object, concat(name, chunk), texts.data() + begin, count);
    begin += count;
  }
}

std::string Hdf5File::image() const {
  const Session session;
  return std::string(memory_of(*state_));
}

void Hdf5File::save(const std::filesystem::path& path) const {
  const Session session;
  AtomicFile file(path);
  file.write(memory_of(*state_));
  file.commit();
}

}  // namespace keratin::io
