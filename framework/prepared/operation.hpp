#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "../tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::prepared {

/// An operation with the shapes of its inputs at hand.
struct Bound {
  Shape output;
  /// Computes the output. None: the output is the first input under another shape.
  std::function<void(const real* const* inputs, real* output)> run = {};
  /// The inputs, of the output's shape, in whose memory the output may be computed.
  std::vector<std::size_t> in_place = {};
};

/// What inference runs in place of one or several calls of layers: on plain memory, with weights
/// that were folded and packed once. It has one output and no masks, and refers to its layers.
class Operation : public std::enable_shared_from_this<Operation> {
 public:
  Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  virtual ~Operation() = default;

  /// The operation that does this one's work and then that of `next`, which alone reads its output,
  /// as its first input. May change and return either. Null: they stay two.
  virtual std::shared_ptr<Operation> followed_by(const std::shared_ptr<Operation>& next);
  /// Takes over the sum of its output and a tensor of the same shape, which becomes its last input;
  /// or returns false.
  virtual bool add_input() { return false; }
  /// Whether it can run. What only is there to be folded into others cannot: where it is left over,
  /// the layer is called.
  virtual bool runs() const { return true; }
  /// All is folded: packs the weights.
  virtual void finish() {}

  /// None where inputs of these shapes cannot be handled: the graph then runs call by call.
  virtual std::optional<Bound> bind(const Shapes& inputs) const = 0;
};

/// The identity.
class Nothing final : public Operation {
 public:
  std::optional<Bound> bind(const Shapes& inputs) const override { return Bound{inputs[0]}; }
};

/// What a layer's kernel computes, where there is nothing to fold.
class Computation final : public Operation {
 public:
  using Binding = std::function<std::optional<Bound>(const Shapes&)>;
  explicit Computation(Binding binding) : binding_(std::move(binding)) {}
  std::optional<Bound> bind(const Shapes& inputs) const override { return binding_(inputs); }

 private:
  Binding binding_;
};

}  // namespace keratin::inline KERATIN_VARIANT::prepared
