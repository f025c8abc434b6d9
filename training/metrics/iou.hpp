#pragma once

#include <optional>
#include <vector>

#include "metric.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {

/// The mean, over some classes, of intersection over union: true positives / (true positives +
/// false positives + false negatives), from a confusion matrix over all places.
///
/// With an integer dtype, Keras's default, weights count without what follows the point.
class IntersectionOverUnion : public Metric {
 public:
  Direction direction() const override { return Direction::up; }
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor* sample_weight = nullptr) override;
  BasicTensor<double> results() const override;

 protected:
  struct Settings {
    Dim num_classes = 0;
    std::vector<Dim> target_class_ids = {};
    std::string dtype = {};
    std::optional<Dim> ignore_class = {};
    bool sparse_y_true = true;
    bool sparse_y_pred = true;
    Dim axis = -1;
    /// Of predictions of two classes: those from it on are of class 1.
    std::optional<double> threshold = {};
  };
  /// Throws ValueError for class ids that are out of range.
  void prepare(Settings settings);

 private:
  std::vector<Dim> classes_of(const Tensor& tensor, bool sparse) const;
  template <class T>
  double mean_of_classes() const;

  Settings settings_;
};

struct IoUOptions {
  /// Required.
  Dim num_classes = 0;
  /// The classes of which the mean is taken; required.
  std::vector<Dim> target_class_ids = {};
  std::string name = {};
  std::string dtype = "int32";
  /// Places that are truly of this class do not count.
  std::optional<Dim> ignore_class = {};
  /// Whether y_true and y_pred hold class numbers, instead of scores along `axis`.
  bool sparse_y_true = true;
  bool sparse_y_pred = true;
  Dim axis = -1;
  void describe(Fields& fields);
};
/// keras.metrics.IoU
class IoU final : public WithMetricOptions<IoU, IoUOptions, IntersectionOverUnion> {
 public:
  static constexpr std::string_view keras_name = "IoU";
  explicit IoU(IoUOptions options);
};

struct MeanIoUOptions {
  Dim num_classes = 0;
  std::string name = {};
  std::string dtype = "int32";
  std::optional<Dim> ignore_class = {};
  bool sparse_y_true = true;
  bool sparse_y_pred = true;
  Dim axis = -1;
  void describe(Fields& fields);
};
/// Of all classes (keras.metrics.MeanIoU).
class MeanIoU final : public WithMetricOptions<MeanIoU, MeanIoUOptions, IntersectionOverUnion> {
 public:
  static constexpr std::string_view keras_name = "MeanIoU";
  explicit MeanIoU(MeanIoUOptions options);
};

struct BinaryIoUOptions {
  std::vector<Dim> target_class_ids = {0, 1};
  /// Predictions from it on are of class 1.
  double threshold = 0.5;
  std::string name = {};
  std::string dtype = "int32";
  void describe(Fields& fields);
};
/// Of two classes (keras.metrics.BinaryIoU).
class BinaryIoU final
    : public WithMetricOptions<BinaryIoU, BinaryIoUOptions, IntersectionOverUnion> {
 public:
  static constexpr std::string_view keras_name = "BinaryIoU";
  BinaryIoU() : BinaryIoU(BinaryIoUOptions{}) {}
  explicit BinaryIoU(BinaryIoUOptions options);
};

struct OneHotIoUOptions {
  Dim num_classes = 0;
  std::vector<Dim> target_class_ids = {};
  std::string name = {};
  std::string dtype = "int32";
  std::optional<Dim> ignore_class = {};
  bool sparse_y_pred = false;
  Dim axis = -1;
  void describe(Fields& fields);
};
/// From one-hot labels (keras.metrics.OneHotIoU).
class OneHotIoU final
    : public WithMetricOptions<OneHotIoU, OneHotIoUOptions, IntersectionOverUnion> {
 public:
  static constexpr std::string_view keras_name = "OneHotIoU";
  explicit OneHotIoU(OneHotIoUOptions options);
};

struct OneHotMeanIoUOptions {
  Dim num_classes = 0;
  std::string name = {};
  std::string dtype = "int32";
  std::optional<Dim> ignore_class = {};
  bool sparse_y_pred = false;
  Dim axis = -1;
  void describe(Fields& fields);
};
/// Of all classes, from one-hot labels (keras.metrics.OneHotMeanIoU).
class OneHotMeanIoU final
    : public WithMetricOptions<OneHotMeanIoU, OneHotMeanIoUOptions, IntersectionOverUnion> {
 public:
  static constexpr std::string_view keras_name = "OneHotMeanIoU";
  explicit OneHotMeanIoU(OneHotMeanIoUOptions options);
};

}  // namespace keratin::inline KERATIN_VARIANT::metrics
