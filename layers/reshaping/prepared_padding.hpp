#pragma once

#include "../../framework/prepared/operation.hpp"
#include "margins.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// An operation that can put zeros around its input as it reads it.
template <std::size_t Rank>
class TakesMargins {
 public:
  virtual ~TakesMargins() = default;
  virtual void take(const Margins<Rank>& margins) = 0;
};

/// Zeros around an input whose channels are last; only there for the operation behind it.
template <std::size_t Rank>
class PreparedPadding final : public prepared::Operation {
 public:
  explicit PreparedPadding(const Margins<Rank>& margins) : margins_(margins) {}
  bool runs() const override { return false; }
  std::optional<prepared::Bound> bind(const Shapes& /*inputs*/) const override { return {}; }
  std::shared_ptr<Operation> followed_by(const std::shared_ptr<Operation>& next) override {
    auto* const taker = dynamic_cast<TakesMargins<Rank>*>(next.get());
    if (!taker) return nullptr;
    taker->take(margins_);
    return next;
  }

 private:
  Margins<Rank> margins_;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
