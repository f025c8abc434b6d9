#include "sharded_store.hpp"

#include <memory>
#include <set>

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/io/hdf5.hpp"
#include "../../framework/io/zip.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

bool is_shard_index(const Json& json) {
  return json.is_object() && json.contains("weight_map") && json["weight_map"].is_object();
}

VariableStore sharded_store(const Json& json, const std::filesystem::path& path) {
  const std::string name = path.string();
  std::set<std::string> shards;
  const auto add = [&](const Json& shard) {
    if (!shard.is_string())
      throw FileError(concat(name, ": weight_map names no file: ", shard.dump()));
    const auto text = shard.get<std::string>();
    if (!io::is_safe_member_name(text))
      throw FileError(concat(name, ": weight_map names a file elsewhere: ", text));
    shards.insert(text);
  };
  for (const auto& item : json["weight_map"].items()) {
    if (item.value().is_array()) {
      for (const Json& shard : item.value()) add(shard);
    } else {
      add(item.value());
    }
  }
  VariableStore store(name);
  for (const std::string& shard : shards) {
    store.add_variables(
        std::make_shared<const io::Hdf5File>(io::Hdf5File::open(path.parent_path() / shard)));
  }
  store.finish();
  return store;
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
