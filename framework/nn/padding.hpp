#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "../base/basic_tensor.hpp"

namespace keratin::nn {

/// The `padding` argument of tf.nn's functions: "SAME", "VALID", or the zeros before and after each
/// of the input's dimensions, in their order: {{0, 0}, {top, bottom}, {left, right}, {0, 0}} for
/// "NHWC". Holds whatever it is given; the function that receives it checks it.
class Padding {
 public:
  Padding(const char* name) : name_(name) {}
  Padding(std::string name) : name_(std::move(name)) {}
  Padding(std::initializer_list<std::initializer_list<Dim>> pairs)
      : name_("EXPLICIT"), explicit_(true), pairs_(pairs.begin(), pairs.end()) {}
  explicit Padding(std::vector<std::vector<Dim>> pairs)
      : name_("EXPLICIT"), explicit_(true), pairs_(std::move(pairs)) {}

  bool is_explicit() const { return explicit_; }
  /// "SAME", "VALID" or whatever was given; "EXPLICIT" for pairs.
  const std::string& name() const { return name_; }
  const std::vector<std::vector<Dim>>& pairs() const { return pairs_; }

 private:
  std::string name_;
  bool explicit_ = false;
  std::vector<std::vector<Dim>> pairs_;
};

}  // namespace keratin::nn
