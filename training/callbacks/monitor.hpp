#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "callback.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

/// The value that a callback watches among the logs, and which of two is better.
class Monitor {
 public:
  /// `callback` begins messages: "EarlyStopping". Throws ValueError for a mode that is not "auto",
  /// "min" or "max".
  Monitor(std::string_view callback, std::string name, std::string mode, double min_delta);

  const std::string& name() const { return name_; }
  const std::string& mode() const { return mode_; }
  /// Learns from the metrics of `model` what "auto" means, once they are there. Throws ValueError
  /// where they do not say.
  void decide(const Model& model);
  /// Before decide(): none, where "auto" was asked for.
  std::optional<bool> is_upwards() const { return upwards_; }
  /// What every value is better than.
  double worst() const;
  /// Whether `value` is better than `reference` by more than min_delta.
  bool is_improvement(double value, double reference) const;

 private:
  std::string_view callback_;
  std::string name_, mode_;
  double min_delta_;
  std::optional<bool> upwards_;
};

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
