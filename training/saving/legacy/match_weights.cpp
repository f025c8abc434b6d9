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

/// "a/b/kernel:0" -> "a/b/kernel"
std::string without_index(const std::string& name) {
  const auto colon = name.rfind(':');
  return colon == name.npos ? name : name.substr(0, colon);
}

/// How the name of a parameter's weight may end: as it is called now, or was once.
std::vector<std::string> name_ends(const Layer& owner, const std::string& parameter,
                                   bool with_owner) {
  static const std::map<std::string, std::vector<std::string>> old_names = {
      {"kernel", {"depthwise_kernel", "W"}},
      {"recurrent_kernel", {"U"}},
      {"bias", {"b"}},
      {"embeddings", {"W"}},
      {"moving_mean", {"running_mean"}},
      {"moving_variance", {"running_std", "running_variance"}}};
  std::vector<std::string> names = {parameter};
  if (const auto old = old_names.find(parameter); old != old_names.end())
    names.insert(names.end(), old->second.begin(), old->second.end());
  std::vector<std::string> ends;
  for (const std::string& name : names) {
    if (!with_owner) ends.push_back("/" + name);
    // Keras 1: "dense_1_W"
    for (const char* between : {"/", "_"}) {
      if (with_owner || *between == '_') ends.push_back("/" + owner.name() + between + name);
    }
  }
  return ends;
}

/// The place in `stored` of each of the parameters, or nothing where names do not tell: where a
/// name is missing or stands for several. A layer's name may have slashes itself.
std::vector<std::size_t> places_by_name(const std::vector<const Layer*>& owners,
                                        const std::vector<StoredWeight>& stored) {
  std::vector<std::string> names;
  for (const StoredWeight& weight : stored) names.push_back("/" + without_index(weight.name));
  std::vector<std::size_t> found;
  std::set<std::size_t> used;
  for (const Layer* owner : owners) {
    for (const Parameter* parameter : stored_order(*owner)) {
      const auto ends = name_ends(*owner, parameter->name(), owners.size() > 1);
      const auto fits = [&](const std::string& name) {
        return std::ranges::any_of(ends, [&](const auto& end) { return name.ends_with(end); });
      };
      const auto place = std::ranges::find_if(names, fits);
      if (place == names.end() || std::find_if(place + 1, names.end(), fits) != names.end() ||
          !used.insert(static_cast<std::size_t>(place - names.begin())).second) {
        return {};
      }
      found.push_back(static_cast<std::size_t>(place - names.begin()));
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
