#include "circle.hpp"
#include "crossentropy.hpp"
#include "ctc.hpp"
#include "focal.hpp"
#include "generalized.hpp"
#include "hinge.hpp"
#include "region.hpp"
#include "regression.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Every loss that a Keras file may name, with the names of Keras's functions and their
/// abbreviations.
template <>
Registry<const Loss>& Registry<const Loss>::instance() {
  using namespace losses;
  static Registry registry = std::move(
      Registry()
          .add<MeanSquaredError>({"mean_squared_error", "mse", "MSE"})
          .add<MeanAbsoluteError>({"mean_absolute_error", "mae", "MAE"})
          .add<MeanAbsolutePercentageError>({"mean_absolute_percentage_error", "mape", "MAPE"})
          .add<MeanSquaredLogarithmicError>({"mean_squared_logarithmic_error", "msle", "MSLE"})
          .add<LogCosh>({"log_cosh", "logcosh"})
          .add<Poisson>({"poisson"})
          .add<Huber>({"huber", "huber_loss"})
          .add<CosineSimilarity>({"cosine_similarity", "cosine_proximity"})
          .add<BinaryCrossentropy>({"binary_crossentropy", "bce", "BCE"})
          .add<CategoricalCrossentropy>({"categorical_crossentropy"})
          .add<SparseCategoricalCrossentropy>({"sparse_categorical_crossentropy"})
          .add<KLDivergence>({"kl_divergence", "kld", "KLD", "kullback_leibler_divergence"})
          .add<Hinge>({"hinge"})
          .add<SquaredHinge>({"squared_hinge"})
          .add<CategoricalHinge>({"categorical_hinge"})
          .add<BinaryFocalCrossentropy>({"binary_focal_crossentropy"})
          .add<CategoricalFocalCrossentropy>({"categorical_focal_crossentropy"})
          .add<Dice>({"dice"})
          .add<Tversky>({"tversky"})
          .add<CategoricalGeneralizedCrossEntropy>({"categorical_generalized_cross_entropy"})
          .add<Circle>({"circle"})
          .add<CTC>({"ctc"}));
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
