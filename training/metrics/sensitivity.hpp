#pragma once

#include "confusion.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {

/// The best of one share where another is at least `value`, over even thresholds. Derived classes
/// say which shares of the counts of a threshold these are.
class BestAt : public Metric {
 public:
  Direction direction() const override { return Direction::up; }
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor* sample_weight = nullptr) override;
  BasicTensor<double> results() const override;

 protected:
  struct Shares {
    double constrained, wanted;
  };
  virtual Shares shares(double tp, double fp, double tn, double fn) const = 0;
  /// Throws ValueError unless value is in [0, 1] and num_thresholds positive.
  void prepare(std::string_view argument, double value, Dim num_thresholds,
               std::optional<Dim> class_id);

 private:
  double value_ = 0;
  std::optional<Dim> class_id_;
  Thresholds thresholds_{std::vector<double>{0.5}};
};

struct SensitivityAtSpecificityOptions {
  /// In [0, 1]; required.
  double specificity = -1;
  Dim num_thresholds = 200;
  /// Only this class of the last axis counts.
  std::optional<Dim> class_id = {};
  std::string name = {};
  std::string dtype = "float32";
  void describe(Fields& fields);
};
/// The best tp / (tp + fn) where tn / (tn + fp) is at least `specificity`.
class SensitivityAtSpecificity final
    : public WithMetricOptions<SensitivityAtSpecificity, SensitivityAtSpecificityOptions, BestAt> {
 public:
  static constexpr std::string_view keras_name = "SensitivityAtSpecificity";
  explicit SensitivityAtSpecificity(Options options);

 protected:
  Shares shares(double tp, double fp, double tn, double fn) const override {
    return {ratio(tn, tn + fp), ratio(tp, tp + fn)};
  }
};

struct SpecificityAtSensitivityOptions {
  /// In [0, 1]; required.
  double sensitivity = -1;
  Dim num_thresholds = 200;
  std::optional<Dim> class_id = {};
  std::string name = {};
  std::string dtype = "float32";
  void describe(Fields& fields);
};
/// The best tn / (tn + fp) where tp / (tp + fn) is at least `sensitivity`.
class SpecificityAtSensitivity final
    : public WithMetricOptions<SpecificityAtSensitivity, SpecificityAtSensitivityOptions, BestAt> {
 public:
  static constexpr std::string_view keras_name = "SpecificityAtSensitivity";
  explicit SpecificityAtSensitivity(Options options);

 protected:
  Shares shares(double tp, double fp, double tn, double fn) const override {
    return {ratio(tp, tp + fn), ratio(tn, tn + fp)};
  }
};

struct PrecisionAtRecallOptions {
  /// In [0, 1]; required.
  double recall = -1;
  Dim num_thresholds = 200;
  std::optional<Dim> class_id = {};
  std::string name = {};
  std::string dtype = "float32";
  void describe(Fields& fields);
};
/// The best tp / (tp + fp) where tp / (tp + fn) is at least `recall`.
class PrecisionAtRecall final
    : public WithMetricOptions<PrecisionAtRecall, PrecisionAtRecallOptions, BestAt> {
 public:
  static constexpr std::string_view keras_name = "PrecisionAtRecall";
  explicit PrecisionAtRecall(Options options);

 protected:
  Shares shares(double tp, double fp, double, double fn) const override {
    return {ratio(tp, tp + fn), ratio(tp, tp + fp)};
  }
};

struct RecallAtPrecisionOptions {
  /// In [0, 1]; required.
  double precision = -1;
  Dim num_thresholds = 200;
  std::optional<Dim> class_id = {};
  std::string name = {};
  std::string dtype = "float32";
  void describe(Fields& fields);
};
/// The best tp / (tp + fn) where tp / (tp + fp) is at least `precision`.
class RecallAtPrecision final
    : public WithMetricOptions<RecallAtPrecision, RecallAtPrecisionOptions, BestAt> {
 public:
  static constexpr std::string_view keras_name = "RecallAtPrecision";
  explicit RecallAtPrecision(Options options);

 protected:
  Shares shares(double tp, double fp, double, double fn) const override {
    return {ratio(tp, tp + fp), ratio(tp, tp + fn)};
  }
};

}  // namespace keratin::inline KERATIN_VARIANT::metrics
