#include "monitor.hpp"

#include <cmath>
#include <limits>

#include "../../framework/base/error.hpp"
#include "../model.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

Monitor::Monitor(std::string_view callback, std::string name, std::string mode, double min_delta)
    : callback_(callback),
      name_(std::move(name)),
      mode_(std::move(mode)),
      min_delta_(std::abs(min_delta)) {
  if (mode_ == "min") upwards_ = false;
  if (mode_ == "max") upwards_ = true;
  if (mode_ != "auto" && !upwards_) {
    throw ValueError(concat(callback_, " mode '", mode_, "' is unknown. `mode` must be 'auto', ",
                            "'min' or 'max'."));
  }
}

void Monitor::decide(const Model& model) {
  if (upwards_) return;
  const std::string metric = name_.starts_with("val_") ? name_.substr(4) : name_;
  if (metric == "loss") {
    upwards_ = false;
    return;
  }
  for (const auto& [name, object] : model.metrics()) {
    if (name != metric || object->direction() == Metric::Direction::unknown) continue;
    upwards_ = object->direction() == Metric::Direction::up;
    return;
  }
  throw ValueError(concat(callback_, " callback received monitor=", name_, ", but Keratin isn't ",
                          "able to automatically determine whether that metric should be ",
                          "maximized or minimized. Pass `mode='max'` in order to monitor based on ",
                          "the highest metric value, or pass `mode='min'` in order to use the ",
                          "lowest value."));
}

double Monitor::worst() const {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return *upwards_ ? -infinity : infinity;
}

bool Monitor::is_improvement(double value, double reference) const {
  return *upwards_ ? value - min_delta_ > reference : value + min_delta_ < reference;
}

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
