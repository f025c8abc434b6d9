#include "hdf5.hpp"

#include <algorithm>
#include <atomic>
#include <set>

#include "file_kind.hpp"
#include "hdf5_state.hpp"
#include "hdf5_structure.hpp"

namespace keratin::io {
namespace hdf5 {
namespace {

std::recursive_mutex& library_mutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

}  // namespace

Session::Session() : lock_(library_mutex()) {
  H5Eget_auto2(H5E_DEFAULT, &print_, &print_data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Session::~Session() { H5Eset_auto2(H5E_DEFAULT, print_, print_data_); }

std::string reason() {
  const auto take_first = [](unsigned, const H5E_error2_t* entry, void* data) noexcept -> herr_t {
    try {
      auto& text = *static_cast<std::string*>(data);
      if (text.empty() && entry->desc) text = entry->desc;
      return 0;
    } catch (...) {
      return -1;
    }
  };
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_first, &text);
  return text.empty() ? "HDF5 gives no reason" : text;
}

}  // namespace hdf5

using hdf5::Handle;
using hdf5::Session;

namespace {

// The library takes two files in memory for one if their names are equal.
std::string unique_memory_name() {
  static std::atomic<unsigned> count = 0;
  return concat(".keratin-in-memory-", count++, ".h5");
}

void check_structure(const ByteSource& file, const std::string& name) {
  try {
    check_hdf5_structure(file);
  } catch (const FileError& error) {
    throw FileError(concat(name, ": truncated or corrupt HDF5 file: ", error.what()));
  }
}

// Closing the file closes what may still be open in it.
Handle file_access() {
  Handle access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
  return access;
}

constexpr std::size_t memory_increment = std::size_t{1} << 20;

struct Names {
  std::vector<std::string> names;
  static herr_t add(hid_t, const char* name, const H5L_info_t*, void* data) noexcept {
    try {
      static_cast<Names*>(data)->names.emplace_back(name);
      return 0;
    } catch (...) {
      return -1;
    }
  }
};

}  // namespace

Hdf5File::Hdf5File(std::unique_ptr<State> state) : state_(std::move(state)) {}
Hdf5File::Hdf5File(Hdf5File&&) noexcept = default;
Hdf5File& Hdf5File::operator=(Hdf5File&&) noexcept = default;

Hdf5File::~Hdf5File() {
  if (!state_) return;
  const Session session;
  state_.reset();
}

Hdf5File Hdf5File::open(const std::filesystem::path& path) {
  const FileKind kind = file_kind(path);
  if (kind != FileKind::hdf5) {
    throw FileError(concat(path.string(), " ", describe(kind), "; expected an HDF5 file"));
  }
  check_structure(ByteSource(path), path.string());
  const Session session;
  auto state = std::make_unique<State>();
  state->name = path.string();
  state->file = state->checked(H5Fopen(path.c_str(), H5F_ACC_RDONLY, file_access()),
                               "cannot be opened as an HDF5 file");
  return Hdf5File(std::move(state));
}

Hdf5File Hdf5File::from_image(std::string bytes, std::string name) {
  const FileKind kind = kind_of_bytes(bytes);
  if (kind != FileKind::hdf5) {
    throw FileError(concat(name, " ", describe(kind), "; expected an HDF5 file"));
  }
  check_structure(ByteSource(std::string_view(bytes)), name);
  const Session session;
  auto state = std::make_unique<State>();
  state->name = std::move(name);
  const Handle access = file_access();
  if (H5Pset_fapl_core(access, memory_increment, false) < 0 ||
      H5Pset_file_image(access, bytes.data(), bytes.size()) < 0) {
    state->fail("cannot be opened from memory");
  }
  bytes = {};  // the library has its own copy
  state->file = state->checked(H5Fopen(unique_memory_name().c_str(), H5F_ACC_RDONLY, access),
                               "cannot be opened as an HDF5 file");
  return Hdf5File(std::move(state));
}

Hdf5File Hdf5File::create(std::string name) {
  const Session session;
  auto state = std::make_unique<State>();
  state->name = std::move(name);
  const Handle access = file_access();
  H5Pset_fapl_core(access, memory_increment, false);
  state->file =
      state->checked(H5Fcreate(unique_memory_name().c_str(), H5F_ACC_EXCL, H5P_DEFAULT, access),
                     "cannot be created in memory");
  return Hdf5File(std::move(state));
}

const std::string& Hdf5File::name() const { return state_->name; }

Handle Hdf5File::State::find(const std::string& path) const {
  Handle current = checked(H5Oopen(file, "/", H5P_DEFAULT), "cannot open the root group");
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty() || part == ".") continue;
    if (H5Iget_type(current) != H5I_GROUP) return {};
    const htri_t exists = H5Lexists(current, part.c_str(), H5P_DEFAULT);
    if (exists < 0) fail(concat("object '", path, "'"));
    if (exists == 0) return {};
    H5L_info_t link;
    if (H5Lget_info(current, part.c_str(), &link, H5P_DEFAULT) < 0) {
      fail(concat("object '", path, "'"));
    }
    if (link.type != H5L_TYPE_HARD) {
      fail(concat("object '", path, "'"),
           concat("'", part, "' is ", link.type == H5L_TYPE_SOFT ? "a soft" : "an external",
                  " link; links are not followed, for safety"));
    }
    current = checked(H5Oopen(current, part.c_str(), H5P_DEFAULT), concat("object '", path, "'"));
  }
  return current;
}

Handle Hdf5File::State::open(const std::string& path, H5I_type_t kind) const {
  const char* wanted = kind == H5I_GROUP ? "group" : kind == H5I_DATASET ? "dataset" : "object";
  Handle object = find(path);
  if (object < 0) fail(concat(wanted, " '", path, "'"), "there is no such object");
  const H5I_type_t found = H5Iget_type(object);
  if (kind != H5I_UNINIT && found != kind) {
    fail(concat(wanted, " '", path, "'"), found == H5I_GROUP     ? "it is a group"
                                          : found == H5I_DATASET ? "it is a dataset"
                                                                 : "it is something else");
  }
  return object;
}

bool Hdf5File::has(const std::string& path) const {
  const Session session;
  return state_->find(path) >= 0;
}

bool Hdf5File::is_group(const std::string& path) const {
  const Session session;
  const Handle object = state_->find(path);
  return object >= 0 && H5Iget_type(object) == H5I_GROUP;
}

bool Hdf5File::is_dataset(const std::string& path) const {
  const Session session;
  const Handle object = state_->find(path);
  return object >= 0 && H5Iget_type(object) == H5I_DATASET;
}

std::vector<std::string> Hdf5File::children(const std::string& group, Order order) const {
  const Session session;
  const Handle object = state_->open(group, H5I_GROUP);
  H5_index_t index = H5_INDEX_NAME;
  if (order == Order::creation) {
    const Handle creation(H5Gget_create_plist(object));
    unsigned kept = 0;
    if (H5Pget_link_creation_order(creation, &kept) >= 0 && (kept & H5P_CRT_ORDER_TRACKED)) {
      index = H5_INDEX_CRT_ORDER;
    }
  }
  Names found;
  if (H5Literate(object, index, H5_ITER_INC, nullptr, Names::add, &found) < 0) {
    state_->fail(concat("group '", group, "'"));
  }
  if (index == H5_INDEX_NAME) std::sort(found.names.begin(), found.names.end());
  return found.names;
}

std::vector<std::string> Hdf5File::datasets(const std::string& group) const {
  const Session session;
  std::vector<std::string> found;
  std::set<haddr_t> visited;  // hard links can form cycles
  std::vector<std::string> pending{group};
  while (!pending.empty()) {
    const std::string path = std::move(pending.back());
    pending.pop_back();
    const Handle object = state_->open(path, H5I_UNINIT);
    if (H5Iget_type(object) == H5I_DATASET) {
      found.push_back(path);
      continue;
    }
    H5O_info_t info;
    if (H5Iget_type(object) != H5I_GROUP || H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0 ||
        !visited.insert(info.addr).second) {
      continue;
    }
    auto names = children(path);
    const std::string prefix = path.ends_with('/') ? path : path + "/";
    for (auto name = names.rbegin(); name != names.rend(); ++name)
      pending.push_back(prefix + *name);
  }
  return found;
}

}  // namespace keratin::io
