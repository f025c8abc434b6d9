#include "scaled_add.hpp"

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void ScaledAddOptions::describe(Fields& fields) { fields("scale", scale); }

void ScaledAddLayer::check_count(const Shapes& inputs) const {
  if (inputs.size() != 2) {
    refuse("A `CustomScaleLayer` layer should be called on exactly 2 inputs. Received: ",
           inputs.size(), " inputs");
  }
}

void ScaledAddLayer::merge(real* sum, const real* x, std::size_t count) const {
  const auto scale = static_cast<real>(options_.scale);
  for (std::size_t i = 0; i < count; ++i) sum[i] += scale * x[i];
}

void ScaledAddLayer::scale_gradient(std::size_t i, const std::vector<const real*>&, const real*,
                                    real* dy, std::size_t count) const {
  if (i == 0) return;
  const auto scale = static_cast<real>(options_.scale);
  for (std::size_t k = 0; k < count; ++k) dy[k] *= scale;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
