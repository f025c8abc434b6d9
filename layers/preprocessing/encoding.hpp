#pragma once

#include <string>

#include "../../framework/layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// How indices become vectors: which are there (multi_hot), how often (count), one vector for each
/// (one_hot).
class Encoding {
 public:
  enum Value { multi_hot, one_hot, count };
  constexpr Encoding(Value value) : value_(value) {}
  /// Throws ValueError unless `name` is one of the three.
  Encoding(const char* name) : Encoding(std::string(name)) {}
  Encoding(const std::string& name);
  constexpr operator Value() const { return value_; }
  const char* name() const;

  /// (..., n) to (..., depth); for one_hot (..., n, depth) unless n is 1.
  Shape output_shape(const Shape& input, Dim depth) const;
  /// Encodes indices from 0 to depth - 1, and drops negative ones; `weights`, of the shape of the
  /// indices, count in place of 1.
  Tensor encode(const Tensor& indices, Dim depth, const Tensor* weights = nullptr) const;

 private:
  Value value_;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
