#include "sequential.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

std::vector<LayerHandle> handles(std::initializer_list<Sequential::Item> items) {
  std::vector<LayerHandle> layers;
  for (const Sequential::Item& item : items) layers.push_back(item.layer);
  return layers;
}

}  // namespace

Sequential::Sequential(std::initializer_list<Item> items, LayerOptions common)
    : Model(std::make_shared<SequentialFunction>(handles(items), std::move(common))) {}

void Sequential::add(const Item& item) { sequential().add(item.layer); }

void Sequential::pop() { sequential().pop(); }

void Sequential::build(const Shape& batch_shape) { sequential().build({batch_shape}); }

}  // namespace keratin::inline KERATIN_VARIANT
