#pragma once

#include <array>
#include <string_view>

#include "../../framework/base/json.hpp"
#include "../../framework/extent.hpp"
#include "../../framework/layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// How much is put around, or cut off, each spatial axis before and after. One integer is the same
/// everywhere, one per axis the same at both ends: `1`, `{1, 2}`, `{{1, 0}, {2, 1}}`. For series
/// `{1, 2}` is before and after.
template <std::size_t Rank>
class Margins {
 public:
  struct Ends {
    Dim before, after;
  };

  Margins(Dim all) { ends_.fill({all, all}); }
  Margins(Dim before, Dim after) requires(Rank == 1) : ends_{Ends{before, after}} {}
  Margins(Dim first, Dim second) requires(Rank == 2)
      : ends_{Ends{first, first}, Ends{second, second}} {}
  Margins(Dim first, Dim second, Dim third) requires(Rank == 3)
      : ends_{Ends{first, first}, Ends{second, second}, Ends{third, third}} {}
  Margins(Ends first, Ends second) requires(Rank == 2) : ends_{first, second} {}
  Margins(Ends first, Ends second, Ends third) requires(Rank == 3) : ends_{first, second, third} {}

  const Ends& operator[](std::size_t axis) const { return ends_[axis]; }
  Ends& operator[](std::size_t axis) { return ends_[axis]; }

  /// As Keras prints it: ((1, 0), (2, 1)), or (1, 2) for series.
  std::string text() const;
  /// Refuses negative values in Keras's words.
  void check(const Layer& layer, std::string_view argument) const;

 private:
  std::array<Ends, Rank> ends_;
};

template <std::size_t Rank>
void to_json(Json& json, const Margins<Rank>& margins);
template <std::size_t Rank>
void from_json(const Json& json, Margins<Rank>& margins);

/// The shape with `sign` times the margins added; unknown sizes stay unknown.
template <std::size_t Rank>
Shape with_margins(const Shape& shape, const Margins<Rank>& margins, Dim sign, DataFormat format);
/// `tensor` with zeros around it.
template <std::size_t Rank>
Tensor add_margins(const Tensor& tensor, const Margins<Rank>& margins, DataFormat format);
/// `tensor` without its margins.
template <std::size_t Rank>
Tensor cut_margins(const Tensor& tensor, const Margins<Rank>& margins, DataFormat format);

}  // namespace keratin::inline KERATIN_VARIANT::layers
