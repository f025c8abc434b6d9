#include "axes.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace keratin::inline KERATIN_VARIANT {

std::vector<bool> Axes::among(std::size_t rank, std::string_view owner) const {
  std::vector<bool> named(rank, false);
  for (const Dim axis : values_) {
    const Dim from_start = axis < 0 ? axis + static_cast<Dim>(rank) : axis;
    if (from_start < 0 || from_start >= static_cast<Dim>(rank)) {
      throw ValueError(
          concat(owner, ": axis ", axis, " is out of bounds for array of dimension ", rank));
    }
    named[static_cast<std::size_t>(from_start)] = true;
  }
  return named;
}

void to_json(Json& json, const Axes& axes) {
  if (axes.is_single_) {
    json = axes.values_.front();
  } else {
    json = axes.values_;
  }
}

void from_json(const Json& json, Axes& axes) {
  axes = json.is_array() ? Axes(json.get<std::vector<Dim>>()) : Axes(json.get<Dim>());
}

}  // namespace keratin::inline KERATIN_VARIANT
