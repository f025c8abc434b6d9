#include "assets.hpp"

#include <set>

#include "../../framework/stores_assets.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

/// Calls `work(layer, folder)` for every layer that has assets, each once. `L` is Layer or const
/// Layer, `Owner` StoresAssets in the same way.
template <class Owner, class L, class Work>
void visit(L& layer, const std::string& path, std::set<const Layer*>& visited, const Work& work) {
  if (!visited.insert(&layer).second) return;
  if (auto* const owner = dynamic_cast<Owner*>(&layer)) work(*owner, "assets" + path);
  for (const Sublayer& sublayer : layer.sublayers())
    visit<Owner>(static_cast<L&>(*sublayer.layer), path + "/" + sublayer.path, visited, work);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> assets_of(const Layer& layer) {
  std::vector<std::pair<std::string, std::string>> all;
  std::set<const Layer*> visited;
  visit<const StoresAssets>(layer, "", visited,
                            [&](const StoresAssets& owner, const std::string& folder) {
                              for (auto& [name, content] : owner.assets())
                                all.emplace_back(folder + "/" + name, content);
                            });
  return all;
}

void read_assets(Layer& layer, const io::Archive& archive) {
  std::set<const Layer*> visited;
  visit<StoresAssets>(layer, "", visited, [&](StoresAssets& owner, const std::string& folder) {
    std::string content;
    owner.load_assets([&](const std::string& name) -> const std::string* {
      const std::string member = folder + "/" + name;
      if (!archive.has(member)) return nullptr;
      content = archive.read(member);
      return &content;
    });
  });
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
