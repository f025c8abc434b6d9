#include <algorithm>
#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

#include "../../framework/axes_last.hpp"
#include "../../framework/base/parallel.hpp"
#include "unary.hpp"

// Functions of all elements along some axes: keras.ops.mean, max, any, argmax...

namespace keratin::inline KERATIN_VARIANT::layers::operations {
namespace {

struct Function {
  const char* name;
  const char* module;
  enum { same, floating, boolean, indices } result;
  double (*value)(const real* x, std::size_t count);
  /// dx from dy; null where it is zero.
  void (*gradient)(const real* x, std::size_t count, double y, double dy, real* dx);
};

double sum_of(const real* x, std::size_t count) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += double{x[i]};
  return sum;
}

double mean_of(const real* x, std::size_t count) {
  return sum_of(x, count) / static_cast<double>(count);
}

double variance_of(const real* x, std::size_t count) {
  const double mean = mean_of(x, count);
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += (double{x[i]} - mean) * (double{x[i]} - mean);
  return sum / static_cast<double>(count);
}

/// The largest of sign * x; NaN wins.
double extreme_of(const real* x, std::size_t count, double sign) {
  double extreme = -sign * std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < count; ++i) {
    const double value{x[i]};
    if (std::isnan(value)) return value;
    if (sign * value > sign * extreme) extreme = value;
  }
  return extreme;
}

std::size_t place_of_extreme(const real* x, std::size_t count, double sign) {
  std::size_t place = 0;
  for (std::size_t i = 1; i < count; ++i) {
    if (sign * double{x[i]} > sign * double{x[place]}) place = i;
  }
  return place;
}

/// Equal elements share the gradient, as in TensorFlow.
void gradient_of_extreme(const real* x, std::size_t count, double y, double dy, real* dx) {
  const auto ties = std::count_if(x, x + count, [&](real value) { return double{value} == y; });
  for (std::size_t i = 0; i < count; ++i)
    dx[i] = double{x[i]} == y ? static_cast<real>(dy / static_cast<double>(ties)) : 0;
}

void gradient_of_variance(const real* x, std::size_t count, double dy, real* dx) {
  const double mean = mean_of(x, count);
  for (std::size_t i = 0; i < count; ++i)
    dx[i] = static_cast<real>(2 * dy * (double{x[i]} - mean) / static_cast<double>(count));
}

void gradient_of_product(const real* x, std::size_t count, double, double dy, real* dx) {
  // By products from both sides: elements may be zero.
  double before = 1;
  for (std::size_t i = 0; i < count; before *= double{x[i++]}) dx[i] = static_cast<real>(before);
  double behind = dy;
  for (std::size_t i = count; i-- > 0; behind *= double{x[i]})
    dx[i] = static_cast<real>(double{dx[i]} * behind);
}

double log_sum_exp(const real* x, std::size_t count) {
  const double largest = extreme_of(x, count, 1);
  if (!std::isfinite(largest)) return largest;
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += std::exp(double{x[i]} - largest);
  return largest + std::log(sum);
}

double norm_of(const real* x, std::size_t count) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += double{x[i]} * double{x[i]};
  return std::sqrt(sum);
}

const Function functions[] = {
    {"Sum", "numpy", Function::same, sum_of,
     [](const real*, std::size_t count, double, double dy, real* dx) {
       std::fill_n(dx, count, static_cast<real>(dy));
     }},
    {"Mean", "numpy", Function::floating, mean_of,
     [](const real*, std::size_t count, double, double dy, real* dx) {
       std::fill_n(dx, count, static_cast<real>(dy / static_cast<double>(count)));
     }},
    {"Max", "numpy", Function::same,
     [](const real* x, std::size_t count) { return extreme_of(x, count, 1); }, gradient_of_extreme},
    {"Amax", "numpy", Function::same,
     [](const real* x, std::size_t count) { return extreme_of(x, count, 1); }, gradient_of_extreme},
    {"Min", "numpy", Function::same,
     [](const real* x, std::size_t count) { return extreme_of(x, count, -1); },
     gradient_of_extreme},
    {"Amin", "numpy", Function::same,
     [](const real* x, std::size_t count) { return extreme_of(x, count, -1); },
     gradient_of_extreme},
    {"Prod", "numpy", Function::same,
     [](const real* x, std::size_t count) {
       double product = 1;
       for (std::size_t i = 0; i < count; ++i) product *= double{x[i]};
       return product;
     },
     gradient_of_product},
    {"Var", "numpy", Function::floating, variance_of,
     [](const real* x, std::size_t count, double, double dy, real* dx) {
       gradient_of_variance(x, count, dy, dx);
     }},
    {"Std", "numpy", Function::floating,
     [](const real* x, std::size_t count) { return std::sqrt(variance_of(x, count)); },
     [](const real* x, std::size_t count, double y, double dy, real* dx) {
       gradient_of_variance(x, count, dy / (2 * y), dx);
     }},
    {"Logsumexp", "math", Function::floating, log_sum_exp,
     [](const real* x, std::size_t count, double y, double dy, real* dx) {
       for (std::size_t i = 0; i < count; ++i)
         dx[i] = static_cast<real>(dy * std::exp(double{x[i]} - y));
     }},
    {"Norm", "linalg", Function::floating, norm_of,
     [](const real* x, std::size_t count, double y, double dy, real* dx) {
       for (std::size_t i = 0; i < count; ++i) dx[i] = static_cast<real>(dy * double{x[i]} / y);
     }},
    {"Any", "numpy", Function::boolean,
     [](const real* x, std::size_t count) -> double {
       return std::any_of(x, x + count, [](real value) { return value != 0; });
     },
     nullptr},
    {"All", "numpy", Function::boolean,
     [](const real* x, std::size_t count) -> double {
       return std::all_of(x, x + count, [](real value) { return value != 0; });
     },
     nullptr},
    {"CountNonzero", "numpy", Function::indices,
     [](const real* x, std::size_t count) {
       return static_cast<double>(count) - static_cast<double>(std::count(x, x + count, real{0}));
     },
     nullptr},
    {"Argmax", "numpy", Function::indices,
     [](const real* x, std::size_t count) {
       return static_cast<double>(place_of_extreme(x, count, 1));
     },
     nullptr},
    {"Argmin", "numpy", Function::indices,
     [](const real* x, std::size_t count) {
       return static_cast<double>(place_of_extreme(x, count, -1));
     },
     nullptr},
};

class Reduction final : public Unary {
 public:
  Reduction(const Function& function, const Json& arguments)
      : function_(function),
        axes_(integers(arguments, "axis")),
        all_(!arguments.contains("axis") || arguments["axis"].is_null()),
        keepdims_(argument(arguments, "keepdims", false)) {
    for (const char* key : {"initial", "ord"}) {
      if (arguments.contains(key) && !arguments[key].is_null())
        throw ValueError(
            concat("the argument `", key, "`=", arguments[key].dump(), " is not supported"));
    }
  }

  Shape output_shape(const Shape& x) const override {
    std::vector<bool> reduced(x.size(), all_);
    for (const Dim axis : axes_) reduced[normalized_axis(axis, x.size(), function_.name)] = true;
    Shape shape;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!reduced[i]) {
        shape.push_back(x[i]);
      } else if (keepdims_) {
        shape.push_back(1);
      }
    }
    return shape;
  }
  std::string output_dtype(const std::vector<std::string>& operands) const override {
    if (function_.result == Function::boolean) return "bool";
    if (function_.result == Function::indices) return "int32";
    return function_.result == Function::floating ? promoted_to_float(operands)
                                                  : promoted(operands);
  }
  Tensor compute(const Tensor& x) const override {
    const AxesLast axes = axes_last(x);
    Tensor storage;
    const Tensor& moved = axes.moved(x, storage);
    Tensor y = empty(output_shape(shape_of(x)));
    for_rows(axes, [&](std::size_t row) {
      y.data()[row] =
          static_cast<real>(function_.value(moved.data() + row * axes.count(), axes.count()));
    });
    return y;
  }
  Tensor gradient(const Tensor& x, const Tensor& y, Tensor dy) const override {
    if (!function_.gradient) return zeros(shape_of(x));
    const AxesLast axes = axes_last(x);
    Tensor storage;
    const Tensor& moved = axes.moved(x, storage);
    Tensor dx = empty(shape_of(moved));
    for_rows(axes, [&](std::size_t row) {
      const std::size_t at = row * axes.count();
      function_.gradient(moved.data() + at, axes.count(), double{y.data()[row]},
                         double{dy.data()[row]}, dx.data() + at);
    });
    return axes.moved_back(std::move(dx));
  }

 private:
  AxesLast axes_last(const Tensor& x) const {
    std::vector<Dim> axes = axes_;
    for (std::size_t i = 0; all_ && i < x.dimension(); ++i) axes.push_back(static_cast<Dim>(i));
    return AxesLast(shape_of(x), axes, function_.name);
  }
  template <class Body>
  static void for_rows(const AxesLast& axes, const Body& body) {
    parallel_for(axes.rows(), 4096 / (axes.count() + 1) + 1,
                 [&](std::size_t begin, std::size_t end) {
                   for (std::size_t row = begin; row < end; ++row) body(row);
                 });
  }

  Function function_;
  std::vector<Dim> axes_;
  bool all_, keepdims_;
};

}  // namespace

void add_reductions(Catalogue& catalogue) {
  for (const Function& function : functions) {
    catalogue[function.name] = {function.module,
                                {"x"},
                                {"axis", "keepdims", "initial", "dtype", "ord"},
                                [&function](const Json& arguments) {
                                  return std::make_unique<Reduction>(function, arguments);
                                }};
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::layers::operations
