#include "npz_store.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

#include "../../framework/base/error.hpp"
#include "../../framework/io/npy.hpp"
#include "../../framework/io/pickle.hpp"
#include "../../framework/io/zip.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

/// The owner of "layers/dense/vars" or "layers/dense".
std::string owner_of(std::string path) {
  std::ranges::replace(path, '\\', '/');
  while (path.starts_with('/')) path.erase(0, 1);
  if (path == "__root__" || path == "vars") return {};
  if (path.ends_with("/vars")) path.erase(path.size() - 5);
  return path;
}

void add_pickled(VariableStore& store, const std::string& owner,
                 const std::shared_ptr<const std::string>& bytes, std::size_t offset,
                 const std::string& where) {
  const std::string_view pickle = std::string_view(*bytes).substr(offset);
  for (const auto& [key, array] : io::read_pickled_arrays(pickle, where)) {
    // Layers of a program's own may store under names.
    const auto index = number(key);
    if (!index) continue;
    store.add(owner, *index,
              {array.header.shape,
               [bytes, array = array, where] {
                 return io::parse_elements<real>(array.header, array.elements, where);
               },
               where + ": " + key});
  }
}

}  // namespace

VariableStore npz_store(std::string bytes, const std::string& name) {
  const io::Archive archive = io::Archive::from_bytes(std::move(bytes), name);
  VariableStore store(name);
  for (const std::string& member : archive.members()) {
    std::string path = member;
    if (path.ends_with(".npy")) path.erase(path.size() - 4);
    const std::string where = name + ": " + member;
    const auto content = std::make_shared<const std::string>(archive.read(member));
    const io::NpyHeader header = io::npy_header(*content, where);
    if (header.descr.find('O') != std::string::npos) {
      add_pickled(store, owner_of(path), content, header.data_offset, where);
      continue;
    }
    const auto slash = path.find_last_of("/\\");
    const auto index = slash == path.npos ? std::nullopt : number(path.substr(slash + 1));
    if (!index) continue;
    store.add(
        owner_of(path.substr(0, slash)), *index,
        {header.shape, [content, where] { return io::parse_npy<real>(*content, where); }, where});
  }
  store.finish();
  return store;
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
