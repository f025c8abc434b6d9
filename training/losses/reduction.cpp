#include "reduction.hpp"

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {
namespace {

using Kind = Reduction::Kind;
constexpr std::array<std::pair<Kind, const char*>, 5> names = {
    {{Kind::sum_over_batch_size, "sum_over_batch_size"},
     {Kind::sum, "sum"},
     {Kind::mean, "mean"},
     {Kind::mean_with_sample_weight, "mean_with_sample_weight"},
     {Kind::none, "none"}}};

}  // namespace

Reduction::Reduction(const std::string& name) : kind_(Kind::sum_over_batch_size) {
  if (name == "auto") return;
  for (const auto& [kind, known] : names) {
    if (name != known) continue;
    kind_ = kind;
    return;
  }
  throw ValueError(concat("Invalid value for argument `reduction`. Expected one of",
                          " {'sum_over_batch_size', 'sum', 'mean', 'mean_with_sample_weight',",
                          " 'none'}. Received: reduction=", name));
}

std::string Reduction::name() const { return names[static_cast<std::size_t>(kind_)].second; }

void to_json(Json& json, const Reduction& reduction) { json = reduction.name(); }

void from_json(const Json& json, Reduction& reduction) {
  reduction = json.is_null() ? Reduction(Kind::none) : Reduction(json.get<std::string>());
}

}  // namespace keratin::inline KERATIN_VARIANT::losses
