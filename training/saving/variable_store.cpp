#include "variable_store.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "../../framework/base/error.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

/// "dense_2" of class "dense" has number 2, "dense" itself 0.
std::optional<std::size_t> number_in_class(std::string_view name, std::string_view class_name) {
  if (name == class_name) return 0;
  if (!name.starts_with(class_name) || name.size() < class_name.size() + 2 ||
      name[class_name.size()] != '_') {
    return {};
  }
  return number(name.substr(class_name.size() + 1));
}

}  // namespace

VariableStore VariableStore::of(std::shared_ptr<const io::Hdf5File> file) {
  VariableStore store(file->name());
  store.add_variables(file);
  store.finish();
  return store;
}

void VariableStore::add_variables(const std::shared_ptr<const io::Hdf5File>& file) {
  for (const std::string& dataset : file->datasets()) {
    // Files written on Windows have '\' within names.
    std::string path = dataset;
    std::ranges::replace(path, '\\', '/');
    if (path.starts_with('/')) path.erase(0, 1);
    const auto slash = path.rfind('/');
    auto index = slash == path.npos ? std::nullopt : number(path.substr(slash + 1));
    // The one variable that Keras stores by its name: that of lookup layers.
    if (path.ends_with("/vars/idf_weights")) index = 0;
    if (!index) continue;
    std::string owner = path.substr(0, slash);
    if (owner == "vars") {
      owner.clear();
    } else if (owner.ends_with("/vars")) {
      owner.erase(owner.size() - 5);
    } else {
      continue;
    }
    add(owner, *index,
        {file->shape(dataset), [file, dataset] { return file->read_dataset<real>(dataset); },
         dataset});
  }
}

void VariableStore::add(const std::string& path, std::size_t index, Variable variable) {
  if (!pending_[path].emplace(index, std::move(variable)).second)
    throw FileError(concat(source_, ": variable ", index, " of '", path, "' is there twice"));
}

void VariableStore::finish() {
  for (auto& [path, variables] : pending_) {
    std::vector<Variable>& list = owners_[path];
    for (auto& [index, variable] : variables) {
      if (index != list.size()) {
        throw FileError(concat(source_, ": '", path, "' has a variable ", index,
                               " but no variable ", list.size()));
      }
      list.push_back(std::move(variable));
    }
  }
  pending_.clear();
}

const std::vector<VariableStore::Variable>& VariableStore::at(const std::string& path) const {
  static const std::vector<Variable> none;
  const auto found = owners_.find(path);
  return found == owners_.end() ? none : found->second;
}

std::vector<std::string> VariableStore::paths() const {
  std::vector<std::string> all;
  for (const auto& [path, variables] : owners_) all.push_back(path);
  return all;
}

bool VariableStore::has_folder(const std::string& folder) const {
  const auto next = owners_.lower_bound(folder + "/");
  return next != owners_.end() && next->first.starts_with(folder + "/");
}

std::set<std::size_t> VariableStore::numbers(const std::string& folder,
                                             const std::string& class_name) const {
  std::set<std::size_t> found;
  const std::string start = folder + "/" + class_name;
  for (auto owner = owners_.lower_bound(start);
       owner != owners_.end() && owner->first.starts_with(start); ++owner) {
    const std::string rest = owner->first.substr(folder.size() + 1);
    if (const auto n = number_in_class(rest.substr(0, rest.find('/')), class_name))
      found.insert(*n);
  }
  return found;
}

std::vector<std::string> VariableStore::layer_paths(
    const std::string& parent, const std::vector<std::string>& class_names) const {
  const std::string prefix = parent.empty() ? "" : parent + "/";
  const bool is_old =
      !has_folder(prefix + "layers") && has_folder(prefix + "_layer_checkpoint_dependencies");
  const std::string folder = prefix + (is_old ? "_layer_checkpoint_dependencies" : "layers");
  std::map<std::string, std::size_t> totals, counts;
  for (const std::string& name : class_names) ++totals[name];
  std::vector<std::string> paths;
  for (const std::string& name : class_names) {
    std::size_t place = counts[name]++;
    // Keras 2.13 counts each layer twice: dense, dense_2, dense_4.
    const auto found = is_old ? numbers(folder, name) : std::set<std::size_t>();
    if (found.size() == totals[name]) place = *std::next(found.begin(), std::ptrdiff_t(place));
    paths.push_back(concat(folder, "/", name, place ? concat("_", place) : ""));
  }
  return paths;
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
