#pragma once

#include <cstdint>
#include <string>

#include "constraint.hpp"
#include "regularizer.hpp"
#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// What a layer says of a weight when it asks for one.
struct ParameterOptions {
  std::string name;
  bool trainable = true;
  Spec<Regularizer> regularizer = {};
  Spec<Constraint> constraint = {};
  /// The type in files: weights are stored as float32 unless they count something.
  std::string dtype = "float32";
};

/// A named weight of a layer. Its address identifies it, so a Parameter never moves.
class Parameter {
 public:
  Parameter(ParameterOptions options, std::string path, Tensor initial)
      : options_(std::move(options)), path_(std::move(path)), value_(std::move(initial)) {}
  Parameter(const Parameter&) = delete;
  Parameter& operator=(const Parameter&) = delete;

  /// "kernel"
  const std::string& name() const { return options_.name; }
  /// "stem/kernel": the layer's name, for a layer within a layer all of them, and the weight's.
  const std::string& path() const { return path_; }
  const std::string& dtype() const { return options_.dtype; }

  const Tensor& value() const { return value_; }
  /// For changing elements in place. Counts as a new version.
  Tensor& mutable_value() {
    ++version_;
    return value_;
  }
  /// Throws ShapeError where `value` has another shape.
  void assign(Tensor value);
  /// Grows with each change: what was computed from the value (packed panels) knows its age.
  std::uint64_t version() const { return version_; }

  /// Whether an optimizer may change it: it is a weight to train and its layer is not frozen.
  bool trainable() const { return options_.trainable && !frozen_; }
  /// Whether it is a weight to train when its layer is not frozen; moving averages are not.
  bool is_trainable_kind() const { return options_.trainable; }
  void set_frozen(bool frozen) { frozen_ = frozen; }

  const Spec<Regularizer>& regularizer() const { return options_.regularizer; }
  const Spec<Constraint>& constraint() const { return options_.constraint; }

 private:
  ParameterOptions options_;
  std::string path_;
  Tensor value_;
  std::uint64_t version_ = 0;
  bool frozen_ = false;
};

}  // namespace keratin::inline KERATIN_VARIANT
