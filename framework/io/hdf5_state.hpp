#pragma once

// Private to the hdf5*.cpp files: what they share over the HDF5 C API.

#include <mutex>
#include <string>
#include <utility>

#include <hdf5.h>

#include "../base/error.hpp"
#include "hdf5.hpp"

namespace keratin::io {
namespace hdf5 {

/// Owns an HDF5 id of any kind.
class Handle {
 public:
  Handle() = default;
  explicit Handle(hid_t id) : id_(id) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) H5Idec_ref(id_);
  }
  operator hid_t() const { return id_; }

 private:
  hid_t id_ = H5I_INVALID_HID;
};

/// A stay in the HDF5 library: alone, and without its printing errors.
class Session {
 public:
  Session();
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

 private:
  std::unique_lock<std::recursive_mutex> lock_;
  H5E_auto2_t print_ = nullptr;
  void* print_data_ = nullptr;
};

/// What the library says went wrong last, at its root.
std::string reason();

/// Datasets and attributes that declare more than this are held against what is stored.
inline constexpr std::uint64_t trusted_bytes = std::uint64_t{256} << 20;
inline constexpr std::uint64_t largest_ratio = 1000;

}  // namespace hdf5

struct Hdf5File::State {
  std::string name;
  hdf5::Handle file;

  /// "NAME: WHAT: REASON".
  [[noreturn]] void fail(const std::string& what, const std::string& why) const {
    throw FileError(concat(name, ": ", what, ": ", why));
  }
  [[noreturn]] void fail(const std::string& what) const { fail(what, hdf5::reason()); }
  hdf5::Handle checked(hid_t id, const std::string& what) const {
    if (id < 0) fail(what);
    return hdf5::Handle(id);
  }

  /// The object at `path`, reached by hard links only; an invalid handle if there is none.
  hdf5::Handle find(const std::string& path) const;
  /// The same, of one kind or any (H5I_UNINIT). Throws FileError if there is none.
  hdf5::Handle open(const std::string& path, H5I_type_t kind) const;
  hdf5::Handle open_attribute(const std::string& object, const std::string& attribute) const;
};

}  // namespace keratin::io
