#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// One axis or several, as Keras's `axis` arguments take them; negative ones count from the end.
class Axes {
 public:
  Axes() = default;
  Axes(Dim axis) : values_{axis}, is_single_(true) {}
  Axes(int axis) : Axes(Dim{axis}) {}
  Axes(std::initializer_list<Dim> axes) : values_(axes) {}
  Axes(std::vector<Dim> axes) : values_(std::move(axes)) {}

  const std::vector<Dim>& values() const { return values_; }
  /// For each axis of a tensor of `rank`, whether it is named here. Throws ValueError for an axis
  /// that such a tensor lacks; `owner` begins the message.
  std::vector<bool> among(std::size_t rank, std::string_view owner) const;

  bool operator==(const Axes&) const = default;
  friend void to_json(Json& json, const Axes& axes);
  friend void from_json(const Json& json, Axes& axes);

 private:
  std::vector<Dim> values_;
  bool is_single_ = false;
};

}  // namespace keratin::inline KERATIN_VARIANT
