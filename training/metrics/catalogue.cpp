#include "accuracy.hpp"
#include "auc.hpp"
#include "correlation.hpp"
#include "f_score.hpp"
#include "iou.hpp"
#include "losses.hpp"
#include "mean.hpp"
#include "positives.hpp"
#include "r2_score.hpp"
#include "sensitivity.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Every metric that a Keras file may name, with the names of Keras's functions and their
/// abbreviations.
template <>
Registry<Metric>& Registry<Metric>::instance() {
  using namespace metrics;
  static Registry registry = std::move(
      Registry()
          .add<Mean>({"mean"})
          .add<Sum>({"sum"})
          .add<Accuracy>({"accuracy"})
          .add<BinaryAccuracy>({"binary_accuracy"})
          .add<CategoricalAccuracy>({"categorical_accuracy"})
          .add<SparseCategoricalAccuracy>({"sparse_categorical_accuracy"})
          .add<TopKCategoricalAccuracy>({"top_k_categorical_accuracy"})
          .add<SparseTopKCategoricalAccuracy>({"sparse_top_k_categorical_accuracy"})
          .add<MeanSquaredError>({"mean_squared_error", "mse", "MSE"})
          .add<RootMeanSquaredError>({"root_mean_squared_error", "rmse", "RMSE"})
          .add<MeanAbsoluteError>({"mean_absolute_error", "mae", "MAE"})
          .add<MeanAbsolutePercentageError>({"mean_absolute_percentage_error", "mape", "MAPE"})
          .add<MeanSquaredLogarithmicError>({"mean_squared_logarithmic_error", "msle", "MSLE"})
          .add<LogCoshError>({"log_cosh_error", "log_cosh", "logcosh"})
          .add<CosineSimilarity>({"cosine_similarity"})
          .add<Poisson>({"poisson"})
          .add<KLDivergence>({"kl_divergence", "kld", "KLD", "kullback_leibler_divergence"})
          .add<Hinge>({"hinge"})
          .add<SquaredHinge>({"squared_hinge"})
          .add<CategoricalHinge>({"categorical_hinge"})
          .add<BinaryCrossentropy>({"binary_crossentropy", "bce", "BCE"})
          .add<CategoricalCrossentropy>({"categorical_crossentropy"})
          .add<SparseCategoricalCrossentropy>({"sparse_categorical_crossentropy"})
          .add<R2Score>({"r2_score"})
          .add<PearsonCorrelation>({"pearson_correlation"})
          .add<ConcordanceCorrelation>({"concordance_correlation"})
          .add<TruePositives>({"true_positives"})
          .add<TrueNegatives>({"true_negatives"})
          .add<FalsePositives>({"false_positives"})
          .add<FalseNegatives>({"false_negatives"})
          .add<Precision>({"precision"})
          .add<Recall>({"recall"})
          .add<SensitivityAtSpecificity>({"sensitivity_at_specificity"})
          .add<SpecificityAtSensitivity>({"specificity_at_sensitivity"})
          .add<PrecisionAtRecall>({"precision_at_recall"})
          .add<RecallAtPrecision>({"recall_at_precision"})
          .add<AUC>({"auc"})
          .add<F1Score>({"f1_score"})
          .add<FBetaScore>({"f_beta_score", "fbeta_score"})
          .add<IoU>({"io_u"})
          .add<MeanIoU>({"mean_io_u"})
          .add<BinaryIoU>({"binary_io_u"})
          .add<OneHotIoU>({"one_hot_io_u"})
          .add<OneHotMeanIoU>({"one_hot_mean_io_u"}));
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
