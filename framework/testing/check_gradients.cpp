#include "check_gradients.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "../base/error.hpp"
#include "../shaped_by_call.hpp"

namespace keratin::inline KERATIN_VARIANT::testing {
namespace {

constexpr bool is_double = sizeof(real) == sizeof(double);
/// The place of the call in its step: what is random must not differ between calls.
constexpr std::uint64_t call_id = 17;

class Check {
 public:
  Check(const LayerHandle& layer, Tensors inputs, const GradientOptions& options)
      : layer_(*layer), inputs_(std::move(inputs)), options_(options) {
    if (options_.step == 0) options_.step = is_double ? 1e-5 : 1e-2;
    if (options_.tolerance == 0) options_.tolerance = is_double ? 1e-6 : 1e-2;
    Shapes shapes;
    for (const Tensor& input : inputs_) shapes.push_back(shape_of(input));
    layer_.build(shapes_to_build(layer_, shapes, options_.call));
  }

  void run() {
    Step step{.training = options_.training, .backward = true, .seed = options_.seed};
    Context context(step, call_id);
    call(context);
    std::uint64_t seed = options_.seed;
    for (const Tensor* output : context.outputs()) {
      Tensor& weights = output_weights_.emplace_back(empty(shape_of(*output)));
      Random(++seed).fill_uniform(weights.data(), weights.size(), -1.5, 1.5);
    }
    const Tensors input_gradients = context.run_backward(output_weights_);
    if (input_gradients.size() != inputs_.size())
      fail("backward gives ", input_gradients.size(), " gradients for ", inputs_.size(), " inputs");
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      if (options_.constant_inputs.contains(k)) continue;
      compare(concat("input ", k), inputs_[k], input_gradients[k],
              [&](std::size_t i, real value) { inputs_[k].flat(i) = value; });
    }
    for (Parameter* weight : layer_.trainable_weights()) {
      const std::string what = concat("weight '", weight->path(), "'");
      const Tensor* gradient = step.gradients.find(*weight);
      if (!gradient) fail("backward gives no gradient of ", what);
      compare(what, weight->value(), *gradient,
              [&](std::size_t i, real value) { weight->mutable_value().flat(i) = value; });
    }
  }

 private:
  template <class... Parts>
  [[noreturn]] void fail(const Parts&... parts) const {
    throw Error(concat("check_gradients: ", layer_.label(), ": ", parts...));
  }

  void call(Context& context) const {
    std::vector<const Tensor*> inputs, masks;
    for (const Tensor& input : inputs_) inputs.push_back(&input);
    for (const Tensor& mask : options_.masks) masks.push_back(mask.dimension() ? &mask : nullptr);
    context.set_call(options_.call);
    context.set_masks(std::move(masks));
    context.run(layer_, inputs);
  }

  /// The weighed sum of the outputs.
  double sum() const {
    Step step{.training = options_.training, .seed = options_.seed};
    Context context(step, call_id);
    call(context);
    double total = 0;
    for (std::size_t k = 0; k < output_weights_.size(); ++k) {
      const real* const y = context.output(k).data();
      const real* const w = output_weights_[k].data();
      for (std::size_t i = 0; i < output_weights_[k].size(); ++i)
        total += double{y[i]} * double{w[i]};
    }
    return total;
  }

  /// Varies elements of `point` through `set`, and puts them back.
  void compare(const std::string& what, const Tensor& point, const Tensor& gradient,
               const std::function<void(std::size_t, real)>& set) const {
    if (shape_of(gradient) != shape_of(point)) {
      fail("the gradient of ", what, " has shape ", tuple_text(shape_of(gradient)), " instead of ",
           tuple_text(shape_of(point)));
    }
    double largest = 1;
    for (const real value : gradient) largest = std::max(largest, std::abs(double{value}));
    const std::size_t stride =
        std::max<std::size_t>(1, point.size() / std::max<std::size_t>(options_.samples, 1));
    for (std::size_t i = 0; i < point.size(); i += stride) {
      const real kept = point.flat(i);
      const real high = static_cast<real>(double{kept} + options_.step);
      const real low = static_cast<real>(double{kept} - options_.step);
      set(i, high);
      const double above = sum();
      set(i, low);
      const double below = sum();
      set(i, kept);
      const double numeric = (above - below) / (double{high} - double{low});
      const double given = gradient.flat(i), allowed = options_.tolerance * largest;
      if (std::abs(given - numeric) <= allowed) continue;
      fail("the gradient of ", what, " at element ", i, " is ", given, ", but by central ",
           "differences ", numeric, " (allowed difference ", allowed, ")");
    }
  }

  Layer& layer_;
  Tensors inputs_, output_weights_;
  GradientOptions options_;
};

}  // namespace

void check_gradients(const LayerHandle& layer, const Tensors& inputs,
                     const GradientOptions& options) {
  Check(layer, inputs, options).run();
}

}  // namespace keratin::inline KERATIN_VARIANT::testing
