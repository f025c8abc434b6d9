#pragma once

#include "confusion.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {

struct CountOptions {
  std::string name = {};
  std::string dtype = "float32";
  /// One or several in [0, 1]; none: 0.5. There is a result for each.
  std::optional<Numbers> thresholds = {};
  void describe(Fields& fields);
};

/// The sum of one cell of the confusion matrix: predictions above the threshold count as positive.
/// Throws ValueError for thresholds outside [0, 1].
template <class Derived, Cell Counted>
class CellCount : public WithMetricOptions<Derived, CountOptions> {
 public:
  CellCount() : CellCount(CountOptions{}) {}
  explicit CellCount(CountOptions options)
      : WithMetricOptions<Derived, CountOptions>(std::move(options)),
        thresholds_(this->options_.thresholds, 0.5) {
    this->variables_ = count_variables({Counted}, {static_cast<Dim>(thresholds_.size())});
    this->variables_[0].name = "accumulator";
  }
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor* sample_weight = nullptr) override {
    add_counts(this->variables_, {Counted},
               count(this->name(), {.thresholds = thresholds_}, y_true, y_pred, sample_weight));
  }
  BasicTensor<double> results() const override { return this->variables_[0].value; }

 private:
  Thresholds thresholds_;
};

class TruePositives final : public CellCount<TruePositives, Cell::true_positives> {
 public:
  static constexpr std::string_view keras_name = "TruePositives";
  using CellCount::CellCount;
};
class TrueNegatives final : public CellCount<TrueNegatives, Cell::true_negatives> {
 public:
  static constexpr std::string_view keras_name = "TrueNegatives";
  using CellCount::CellCount;
};
class FalsePositives final : public CellCount<FalsePositives, Cell::false_positives> {
 public:
  static constexpr std::string_view keras_name = "FalsePositives";
  using CellCount::CellCount;
};
class FalseNegatives final : public CellCount<FalseNegatives, Cell::false_negatives> {
 public:
  static constexpr std::string_view keras_name = "FalseNegatives";
  using CellCount::CellCount;
};

struct PrecisionOptions {
  std::string name = {};
  std::string dtype = "float32";
  /// One or several in [0, 1], with a result for each; none: 0.5 or, with `top_k`, no threshold.
  std::optional<Numbers> thresholds = {};
  /// Only so many of a row's largest predictions count as positive.
  std::optional<Dim> top_k = {};
  /// Only this class of the last axis counts.
  std::optional<Dim> class_id = {};
  void describe(Fields& fields);
};

/// Of what counts as positive by one side, the share that the other side agrees to. `Other` are
/// those it does not.
template <class Derived, Cell Other>
class Share : public WithMetricOptions<Derived, PrecisionOptions> {
 public:
  Share() : Share(PrecisionOptions{}) {}
  explicit Share(PrecisionOptions options)
      : WithMetricOptions<Derived, PrecisionOptions>(std::move(options)),
        thresholds_(this->options_.thresholds, this->options_.top_k ? -1e10 : 0.5) {
    this->variables_ = count_variables(cells_, {static_cast<Dim>(thresholds_.size())});
  }
  Metric::Direction direction() const override { return Metric::Direction::up; }
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor* sample_weight = nullptr) override {
    const Counting how{.thresholds = thresholds_,
                       .top_k = this->options_.top_k,
                       .class_id = this->options_.class_id};
    add_counts(this->variables_, cells_, count(this->name(), how, y_true, y_pred, sample_weight));
  }
  BasicTensor<double> results() const override {
    BasicTensor<double> shares = this->variables_[0].value;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      const double agreed = shares.data()[i];
      shares.data()[i] = ratio(agreed, agreed + this->variables_[1].value.data()[i]);
    }
    return shares;
  }

 private:
  inline static const std::vector<Cell> cells_ = {Cell::true_positives, Other};
  Thresholds thresholds_;
};

/// true positives / (true + false positives) (keras.metrics.Precision). Throws ValueError for
/// thresholds outside [0, 1].
class Precision final : public Share<Precision, Cell::false_positives> {
 public:
  static constexpr std::string_view keras_name = "Precision";
  using Share::Share;
};
/// true positives / (true positives + false negatives) (keras.metrics.Recall).
class Recall final : public Share<Recall, Cell::false_negatives> {
 public:
  static constexpr std::string_view keras_name = "Recall";
  using Share::Share;
};

}  // namespace keratin::inline KERATIN_VARIANT::metrics
