#include "hdf5_strings.hpp"

#include <cstring>
#include <string_view>

namespace keratin::io::hdf5 {
namespace {

using Read = std::function<herr_t(hid_t, void*)>;

std::vector<std::string> read_variable(const Hdf5File::State& state, hid_t type, hid_t space,
                                       std::size_t count, const std::string& what,
                                       const Read& read) {
  const Handle memory_type(H5Tcopy(H5T_C_S1));
  H5Tset_size(memory_type, H5T_VARIABLE);
  H5Tset_cset(memory_type, H5Tget_cset(type));
  struct Buffers {
    hid_t type, space;
    std::vector<char*> texts;
    ~Buffers() { H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts.data()); }
  };
  Buffers buffers{memory_type, space, std::vector<char*>(count, nullptr)};
  if (read(memory_type, buffers.texts.data()) < 0) state.fail(what);
  std::vector<std::string> result;
  for (const char* text : buffers.texts) result.emplace_back(text ? text : "");
  return result;
}

std::vector<std::string> read_fixed(const Hdf5File::State& state, hid_t type, std::size_t count,
                                    const std::string& what, const Read& read) {
  const std::size_t size = H5Tget_size(type);
  if (size == 0 || size > trusted_bytes / count) {
    state.fail(what, concat("absurd size: ", count, " texts of ", size, " bytes"));
  }
  std::vector<char> buffer(count * size);
  if (read(type, buffer.data()) < 0) state.fail(what);
  const bool padded_by_spaces = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
  std::vector<std::string> result;
  for (std::size_t i = 0; i < count; ++i) {
    std::string_view text(buffer.data() + i * size, size);
    text = text.substr(0, text.find('\0'));
    if (padded_by_spaces) text = text.substr(0, text.find_last_not_of(' ') + 1);
    result.emplace_back(text);
  }
  return result;
}

}  // namespace

std::vector<std::string> read_strings(const Hdf5File::State& state, hid_t type, hid_t space,
                                      const std::string& what, const Read& read) {
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  if (count == 0) return {};
  if (count < 0) state.fail(what);
  if (H5Tget_class(type) != H5T_STRING) state.fail(what, "expected text");
  const auto size = static_cast<std::size_t>(count);
  if (size > trusted_bytes / sizeof(char*)) {
    state.fail(what, concat("absurd size: ", count, " texts"));
  }
  const htri_t is_variable = H5Tis_variable_str(type);
  if (is_variable < 0) state.fail(what);
  return is_variable ? read_variable(state, type, space, size, what, read)
                     : read_fixed(state, type, size, what, read);
}

std::vector<std::string> read_attribute_strings(const Hdf5File::State& state, hid_t attribute,
                                                const std::string& what) {
  const Handle type = state.checked(H5Aget_type(attribute), what);
  const Handle space = state.checked(H5Aget_space(attribute), what);
  return read_strings(state, type, space, what, [&](hid_t memory_type, void* buffer) {
    return H5Aread(attribute, memory_type, buffer);
  });
}

}  // namespace keratin::io::hdf5
