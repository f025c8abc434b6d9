#pragma once

#include <concepts>
#include <memory>

#include "base/json.hpp"
#include "handle.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// A layer as an argument of another: nothing, or a reference to a layer. In a config it is the
/// whole layer, serialised.
class LayerArgument {
 public:
  LayerArgument() = default;
  template <std::derived_from<LayerHandle> AnyHandle>
  LayerArgument(const AnyHandle& handle) : layer_(handle.shared()) {}
  explicit LayerArgument(std::shared_ptr<Layer> layer) : layer_(std::move(layer)) {}

  explicit operator bool() const { return layer_ != nullptr; }
  Layer& operator*() const { return *layer_; }
  Layer* operator->() const { return layer_.get(); }
  const std::shared_ptr<Layer>& shared() const { return layer_; }

 private:
  std::shared_ptr<Layer> layer_;
};

void to_json(Json& json, const LayerArgument& layer);
void from_json(const Json& json, LayerArgument& layer);

}  // namespace keratin::inline KERATIN_VARIANT
