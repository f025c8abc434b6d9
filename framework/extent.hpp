#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// One integer per spatial axis. A single integer stands for the same value on every axis:
/// `Extent<2> strides = 2;` and `Extent<2> kernel_size = {3, 5};`.
template <std::size_t Rank>
class Extent {
 public:
  constexpr Extent() = default;
  constexpr Extent(Dim value) { values_.fill(value); }
  template <class... Dims>
  requires(sizeof...(Dims) == Rank && Rank > 1) constexpr Extent(Dims... values)
      : values_{static_cast<Dim>(values)...} {}
  constexpr explicit Extent(const std::array<Dim, Rank>& values) : values_(values) {}

  constexpr Dim operator[](std::size_t axis) const { return values_[axis]; }
  constexpr auto begin() const { return values_.begin(); }
  constexpr auto end() const { return values_.end(); }
  const std::array<Dim, Rank>& values() const { return values_; }
  friend constexpr bool operator==(const Extent&, const Extent&) = default;

 private:
  std::array<Dim, Rank> values_{};
};

/// An Extent that may be left out (None in Keras): `.strides = {2, 2}`.
template <std::size_t Rank>
class OptionalExtent : public std::optional<Extent<Rank>> {
 public:
  constexpr OptionalExtent() = default;
  constexpr OptionalExtent(std::nullopt_t) {}
  constexpr OptionalExtent(const Extent<Rank>& extent) : std::optional<Extent<Rank>>(extent) {}
  constexpr OptionalExtent(Dim value) : OptionalExtent(Extent<Rank>(value)) {}
  template <class... Dims>
  requires(sizeof...(Dims) == Rank && Rank > 1) constexpr OptionalExtent(Dims... values)
      : OptionalExtent(Extent<Rank>(values...)) {}
};

/// How a window treats the border: "valid" stays inside, "same" pads with zeros so that the output
/// has ceil(input / stride) places (the odd one at the end), "causal" pads at the front only.
class Padding {
 public:
  enum Value { valid, same, causal };
  constexpr Padding(Value value) : value_(value) {}
  /// Throws ValueError unless `name` is one of the three, in any case of letters.
  Padding(const char* name) : Padding(std::string(name)) {}
  Padding(const std::string& name);
  constexpr operator Value() const { return value_; }
  const char* name() const;

 private:
  Value value_;
};

/// Where the channel axis is: last (batch, spatial..., channels) or first (batch, channels,
/// spatial...).
class DataFormat {
 public:
  enum Value { channels_last, channels_first };
  constexpr DataFormat(Value value) : value_(value) {}
  /// Throws ValueError unless `name` is one of the two, in any case of letters.
  DataFormat(const char* name) : DataFormat(std::string(name)) {}
  DataFormat(const std::string& name);
  constexpr operator Value() const { return value_; }
  const char* name() const;

 private:
  Value value_;
};

/// The format of layers that are not told one: channels_last until set, as in
/// keras.config.image_data_format().
DataFormat image_data_format();
void set_image_data_format(DataFormat format);

}  // namespace keratin::inline KERATIN_VARIANT
