#pragma once

#include <iosfwd>

#include "function.hpp"
#include "prepared/execution_plan.hpp"

namespace keratin::inline KERATIN_VARIANT {

struct MemoryOptions {
  /// The samples of a batch: of predict(), and of a training step.
  std::size_t batch_size = 32;
  /// The shapes of the inputs, without the batch axis, where the model leaves sizes open.
  Shapes input_shapes = {};
};

/// What a function's computations take, in bytes, as the lives of its tensors say. Scratch memory
/// of kernels comes on top, and what layers keep for backward beyond their outputs.
struct MemoryReport {
  std::size_t weights = 0;
  /// The gradients of the weights to train: the optimizer's slots have this size each.
  std::size_t gradients = 0;
  std::size_t inputs = 0;
  /// Of predict(): the tensors behind the inputs. Where the graph cannot be prepared, tensors come
  /// and go one by one, and what is planned is what is alive.
  prepared::Memory prediction = {};
  bool prepared = false;
  /// Of a training step: the outputs that wait for backward, and the most that is alive at once,
  /// gradients included.
  std::size_t kept = 0, training = 0;
};

/// Throws ValueError where the size of an axis is unknown, or `input_shapes` do not fit.
MemoryReport memory_report(const Function& function, const MemoryOptions& options = {});
void print_memory_report(const Function& function, std::ostream& out,
                         const MemoryOptions& options = {});

}  // namespace keratin::inline KERATIN_VARIANT
