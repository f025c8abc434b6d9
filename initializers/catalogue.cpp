#include "constant.hpp"
#include "orthogonal.hpp"
#include "random.hpp"
#include "stft.hpp"
#include "variance_scaling.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Every initializer that a Keras file may name. "zero", "normal"... are Keras 1's names.
template <>
Registry<const Initializer>& Registry<const Initializer>::instance() {
  using namespace initializers;
  static Registry registry = std::move(
      Registry()
          .add<Zeros>({"zeros", "zero"})
          .add<Ones>({"ones", "one"})
          .add<Constant>({"constant"})
          .add<Identity>({"identity", "IdentityInitializer"})
          .add<RandomNormal>({"random_normal", "normal"})
          .add<RandomUniform>({"random_uniform", "uniform"})
          .add<TruncatedNormal>({"truncated_normal"})
          .add<VarianceScaling>({"variance_scaling"})
          .add<GlorotNormal>({"glorot_normal"})
          .add<GlorotUniform>({"glorot_uniform"})
          .add<HeNormal>({"he_normal"})
          .add<HeUniform>({"he_uniform"})
          .add<LecunNormal>({"lecun_normal"})
          .add<LecunUniform>({"lecun_uniform"})
          .add<Orthogonal>({"orthogonal", "OrthogonalInitializer", "orthogonal_initializer"})
          .add<STFT>({"stft", "STFTInitializer", "stft_initializer"}));
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
