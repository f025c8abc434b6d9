#include "merge.hpp"

#include <algorithm>
#include <set>

#include "../../framework/base/parallel.hpp"
#include "../../framework/broadcast.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

constexpr std::size_t grain = 16384;
/// Elements that stay in the cache while the inputs are merged one by one.
constexpr std::size_t piece = 2048;

/// `shape` with axes of size 1 behind the batch axis, for a tensor of `rank` axes.
Shape with_rank(Shape shape, std::size_t rank) {
  if (!shape.empty() && shape.size() < rank)
    shape.insert(shape.begin() + 1, rank - shape.size(), 1);
  return shape;
}

Shape common_shape(const Shapes& inputs) {
  std::size_t rank = 0;
  for (const Shape& shape : inputs) rank = std::max(rank, shape.size());
  Shape merged = with_rank(inputs[0], rank);
  for (const Shape& shape : inputs) merged = broadcast_shape(merged, with_rank(shape, rank));
  return merged;
}

Shapes shapes_of(TensorRefs tensors) {
  Shapes shapes;
  for (const Tensor* tensor : tensors) shapes.push_back(shape_of(*tensor));
  return shapes;
}

/// The inputs in the shape of the output; what had to be broadcast is in `storage`.
class BroadcastInputs {
 public:
  BroadcastInputs(TensorRefs inputs, const Shape& shape) : storage_(inputs.size()) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Shape own = shape_of(*inputs[i]);
      if (own != shape) {
        storage_[i] = broadcast_to(reshaped(*inputs[i], with_rank(own, shape.size())), shape);
      }
      data_.push_back(own == shape ? inputs[i]->data() : storage_[i].data());
    }
  }
  std::vector<const real*> at(std::size_t offset) const {
    std::vector<const real*> places = data_;
    for (const real*& place : places) place += offset;
    return places;
  }

 private:
  Tensors storage_;
  std::vector<const real*> data_;
};

/// The inputs' masks joined by "or"; none where an input has none.
void merge_masks(Context& context) {
  std::vector<const Tensor*> masks;
  for (std::size_t i = 0; i < context.inputs().size(); ++i) {
    if (!context.mask(i)) return;
    masks.push_back(context.mask(i));
  }
  Shape shape = shape_of(*masks[0]);
  for (const Tensor* mask : masks) shape = broadcast_shape(shape, shape_of(*mask));
  Tensor merged = zeros(shape);
  for (const Tensor* mask : masks) {
    const Tensor next = broadcast_to(*mask, shape);
    for (std::size_t i = 0; i < merged.size(); ++i)
      merged.data()[i] = std::max(merged.data()[i], next.data()[i]);
  }
  context.set_output_mask(std::move(merged));
}

}  // namespace

void MergeLayer::check_count(const Shapes& inputs) const {
  if (inputs.empty()) {
    refuse("A merge layer should be called on a list of at least 1 input. Received ", inputs.size(),
           " inputs. Full input_shape received: ", tuple_text(inputs));
  }
}

void MergeLayer::build_all(const Shapes& inputs) {
  check_count(inputs);
  std::set<Dim> batches;
  for (const Shape& shape : inputs) {
    if (!shape.empty() && shape[0] != unknown) batches.insert(shape[0]);
  }
  if (batches.size() > 1) {
    refuse("Cannot merge tensors with different batch sizes. Received tensors with shapes ",
           tuple_text(inputs));
  }
}

Shapes MergeLayer::compute_output_shapes(const Shapes& inputs) const {
  check_count(inputs);
  Shape output;
  try {
    output = common_shape(inputs);
  } catch (const ShapeError& error) {
    throw ShapeError(concat(label(), ": ", error.what()));
  }
  // One input that knows the batch size is enough.
  for (const Shape& shape : inputs) {
    if (!output.empty() && !shape.empty() && shape[0] > 1) output[0] = shape[0];
  }
  return {output};
}

Tensors MergeLayer::forward_all(TensorRefs inputs, Context& context) const {
  const Shape shape = compute_output_shapes(shapes_of(inputs))[0];
  const BroadcastInputs all(inputs, shape);
  Tensors outputs;
  Tensor& output = outputs.emplace_back(empty(shape));
  parallel_for(output.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t place = begin; place < end; place += piece) {
      const std::size_t count = std::min(piece, end - place);
      const std::vector<const real*> data = all.at(place);
      real* const y = output.data() + place;
      std::copy_n(data[0], count, y);
      for (std::size_t i = 1; i < data.size(); ++i) merge(y, data[i], count);
      finish(y, count, data.size());
    }
  });
  merge_masks(context);
  return outputs;
}

Tensors MergeLayer::backward_all(Tensors output_gradients, Context& context) const {
  const TensorRefs inputs = context.inputs();
  const Shape shape = shape_of(output_gradients[0]);
  const BroadcastInputs all(needs_inputs() ? inputs : TensorRefs(), shape);
  Tensors gradients(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!context.wants_input_gradient(i)) continue;
    Tensor gradient = i + 1 == inputs.size() ? std::move(output_gradients[0]) : output_gradients[0];
    parallel_for(gradient.size(), grain, [&](std::size_t begin, std::size_t end) {
      scale_gradient(i, all.at(begin), context.output().data() + begin, gradient.data() + begin,
                     end - begin);
    });
    const Shape own = shape_of(*inputs[i]);
    gradients[i] = own == shape ? std::move(gradient)
                                : reshaped(sum_to(gradient, with_rank(own, shape.size())), own);
  }
  return gradients;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
