#include "match_weights.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "../assignments.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

/// `layer` and the layers within that have weights of their own, each once.
void collect_owners(const Layer& layer, std::set<const Layer*>& seen,
                    std::vector<const Layer*>& owners) {
  if (!seen.insert(&layer).second) return;
  if (!layer.own_weights().empty()) owners.push_back(&layer);
  for (const Sublayer& sublayer : layer.sublayers()) collect_owners(*sublayer.layer, seen, owners);
}

/// "a/b/kernel:0" -> {"a", "b", "kernel"}
std::vector<std::string> parts_of(std::string name) {
  if (const auto colon = name.rfind(':'); colon != name.npos) name.erase(colon);
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= name.size();) {
    const auto slash = std::min(name.find('/', at), name.size());
    parts.push_back(name.substr(at, slash - at));
    at = slash + 1;
  }
  return parts;
}

/// What identifies a weight among those of a group: its own name and, where `owner`, its layer's.
std::string key_of(const std::string& layer, const std::string& weight, bool owner) {
  return owner ? layer + "/" + weight : weight;
}

/// The place in `stored` of each of the parameters, or nothing where names do not tell.
std::vector<std::size_t> places_by_name(const std::vector<const Layer*>& owners,
                                        const std::vector<StoredWeight>& stored) {
  const bool with_owner = owners.size() > 1;
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const auto parts = parts_of(stored[i].name);
    const std::string owner = parts.size() > 1 ? parts[parts.size() - 2] : std::string();
    if (!places.emplace(key_of(owner, parts.back(), with_owner), i).second) return {};
  }
  std::vector<std::size_t> found;
  std::set<std::size_t> used;
  for (const Layer* owner : owners) {
    for (const Parameter* parameter : stored_order(*owner)) {
      const auto place = places.find(key_of(owner->name(), parameter->name(), with_owner));
      if (place == places.end() || !used.insert(place->second).second) return {};
      found.push_back(place->second);
    }
  }
  return found;
}

/// The same by place: the file has the weights that are trained, then the others.
std::vector<std::size_t> places_by_order(const Layer& layer,
                                         const std::vector<const Layer*>& owners) {
  std::map<const Parameter*, std::size_t> places;
  const auto weights = layer.weights();
  for (const bool trainable : {true, false}) {
    for (const Parameter* parameter : weights) {
      if (parameter->trainable() == trainable) places.emplace(parameter, places.size());
    }
  }
  std::vector<std::size_t> found;
  for (const Layer* owner : owners) {
    for (const Parameter* parameter : stored_order(*owner)) found.push_back(places.at(parameter));
  }
  return found;
}

}  // namespace

std::vector<LayerWeights> match_weights(const Layer& layer, std::vector<StoredWeight> stored) {
  std::set<const Layer*> seen;
  std::vector<const Layer*> owners;
  collect_owners(layer, seen, owners);
  if (owners.empty()) return {};
  std::vector<LayerWeights> parts;
  if (stored.size() != layer.weights().size()) {
    if (stored.size() % owners.size() != 0) return {};
    const std::size_t share = stored.size() / owners.size();
    for (std::size_t k = 0; k < stored.size(); ++k) {
      if (k % share == 0) parts.push_back({owners[k / share], {}});
      parts.back().values.push_back(std::move(stored[k].value));
    }
    return parts;
  }
  std::vector<std::size_t> places = places_by_name(owners, stored);
  if (places.empty()) places = places_by_order(layer, owners);
  auto place = places.begin();
  for (const Layer* owner : owners) {
    LayerWeights& part = parts.emplace_back(LayerWeights{owner, {}});
    for (std::size_t i = 0; i < owner->own_weights().size(); ++i)
      part.values.push_back(std::move(stored[*place++].value));
  }
  return parts;
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
