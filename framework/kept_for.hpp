#pragma once

#include <memory>
#include <mutex>

#include "parameter.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// What is computed from a weight, such as packed panels, kept until the weight changes. May be
/// asked from many threads.
template <class Value>
class KeptFor {
 public:
  /// `make()` gives the value for the parameter as it is now.
  template <class Make>
  std::shared_ptr<const Value> get(const Parameter& parameter, const Make& make) const {
    const std::lock_guard lock(mutex_);
    if (!value_ || version_ != parameter.version()) {
      value_ = std::make_shared<const Value>(make());
      version_ = parameter.version();
    }
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Value> value_;
  mutable std::uint64_t version_ = 0;
};

}  // namespace keratin::inline KERATIN_VARIANT
