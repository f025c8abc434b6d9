#pragma once

#include "../../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// Frames that are cut from signals, overlapping where `step` is less than `frame`: frame t begins
/// at place t * step - before; beyond a signal there are zeros.
struct Frames {
  std::size_t signals, length, before, frame, step, count;

  /// (signals, length) to (signals * count, frame).
  Tensor cut(const real* signals_data) const;
  /// The gradient to the signals, (signals, length), given that to the frames.
  Tensor cut_backward(const Tensor& gradient) const;

 private:
  template <class Work>
  void for_each_place(std::size_t row, const Work& work) const;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
