#include <algorithm>
#include <cstring>

#include "hdf5.hpp"
#include "hdf5_state.hpp"
#include "hdf5_strings.hpp"

namespace keratin::io {

using hdf5::Handle;
using hdf5::Session;

namespace {

std::string described(const std::string& object, const std::string& attribute) {
  return concat("attribute '", attribute, "' of '", object, "'");
}

template <class T>
T read_number(const Handle& attribute, hid_t memory_type, bool& is_number) {
  const Handle type(H5Aget_type(attribute)), space(H5Aget_space(attribute));
  const H5T_class_t kind = H5Tget_class(type);
  T value = 0;
  is_number = (kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_ENUM) &&
              H5Sget_simple_extent_npoints(space) == 1;
  if (is_number) is_number = H5Aread(attribute, memory_type, &value) >= 0;
  return value;
}

}  // namespace

Handle Hdf5File::State::open_attribute(const std::string& object,
                                       const std::string& attribute) const {
  const Handle owner = open(object, H5I_UNINIT);
  const htri_t exists = H5Aexists(owner, attribute.c_str());
  if (exists < 0) fail(described(object, attribute));
  if (exists == 0) fail(described(object, attribute), "there is no such attribute");
  return checked(H5Aopen(owner, attribute.c_str(), H5P_DEFAULT), described(object, attribute));
}

bool Hdf5File::has_attribute(const std::string& object, const std::string& name) const {
  const Session session;
  const htri_t exists = H5Aexists(state_->open(object, H5I_UNINIT), name.c_str());
  if (exists < 0) state_->fail(described(object, name));
  return exists > 0;
}

std::vector<std::string> Hdf5File::attribute_names(const std::string& object) const {
  const Session session;
  const Handle owner = state_->open(object, H5I_UNINIT);
  const auto add = [](hid_t, const char* name, const H5A_info_t*, void* data) noexcept -> herr_t {
    try {
      static_cast<std::vector<std::string>*>(data)->emplace_back(name);
      return 0;
    } catch (...) {
      return -1;
    }
  };
  std::vector<std::string> names;
  if (H5Aiterate2(owner, H5_INDEX_NAME, H5_ITER_INC, nullptr, add, &names) < 0) {
    state_->fail(concat("attributes of '", object, "'"));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string Hdf5File::string_attribute(const std::string& object, const std::string& name) const {
  const Session session;
  const auto texts = hdf5::read_attribute_strings(*state_, state_->open_attribute(object, name),
                                                  described(object, name));
  if (texts.size() > 1) {
    state_->fail(described(object, name), concat("expected one text, found ", texts.size()));
  }
  return texts.empty() ? std::string() : texts.front();
}

std::vector<std::string> Hdf5File::string_list_attribute(const std::string& object,
                                                         const std::string& name) const {
  const Session session;
  const auto read = [&](const std::string& attribute) {
    return hdf5::read_attribute_strings(*state_, state_->open_attribute(object, attribute),
                                        described(object, attribute));
  };
  if (has_attribute(object, name) || !has_attribute(object, name + "0")) return read(name);
  std::vector<std::string> texts;
  for (std::size_t chunk = 0; has_attribute(object, concat(name, chunk)); ++chunk) {
    for (std::string& text : read(concat(name, chunk))) texts.push_back(std::move(text));
  }
  return texts;
}

std::int64_t Hdf5File::int_attribute(const std::string& object, const std::string& name) const {
  const Session session;
  bool is_number = false;
  const auto value =
      read_number<std::int64_t>(state_->open_attribute(object, name), H5T_NATIVE_INT64, is_number);
  if (!is_number) state_->fail(described(object, name), "expected one number");
  return value;
}

double Hdf5File::float_attribute(const std::string& object, const std::string& name) const {
  const Session session;
  bool is_number = false;
  const auto value =
      read_number<double>(state_->open_attribute(object, name), H5T_NATIVE_DOUBLE, is_number);
  if (!is_number) state_->fail(described(object, name), "expected one number");
  return value;
}

}  // namespace keratin::io
