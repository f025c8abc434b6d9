#include <cmath>
#include <numbers>

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/base/parallel.hpp"
#include "unary.hpp"

// Functions of single elements: keras.ops.abs, exp, sin...

namespace keratin::inline KERATIN_VARIANT::layers::operations {
namespace {

constexpr std::size_t grain = 4096;

enum class Result { same, floating, boolean };

struct Function {
  const char* name;
  const char* module;
  Result result;
  real (*value)(real x);
  /// The derivative, from x and y; null where it is zero.
  real (*slope)(real x, real y);
};

class PointwiseFunction final : public Unary {
 public:
  explicit PointwiseFunction(const Function& function) : function_(function) {}

  std::string output_dtype(const std::vector<std::string>& operands) const override {
    if (function_.result == Result::boolean) return "bool";
    return function_.result == Result::floating ? promoted_to_float(operands) : promoted(operands);
  }
  Tensor compute(const Tensor& x) const override {
    Tensor y = empty(shape_of(x));
    parallel_for(x.size(), grain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) y.data()[i] = function_.value(x.data()[i]);
    });
    return y;
  }
  Tensor gradient(const Tensor& x, const Tensor& y, Tensor dy) const override {
    if (!function_.slope) return zeros(shape_of(x));
    parallel_for(x.size(), grain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i)
        dy.data()[i] *= function_.slope(x.data()[i], y.data()[i]);
    });
    return dy;
  }

 private:
  Function function_;
};

constexpr real ln2 = std::numbers::ln2_v<real>, ln10 = std::numbers::ln10_v<real>;

constexpr auto one = [](real, real) -> real { return 1; };

const Function functions[] = {
    {"Absolute", "numpy", Result::same, [](real x) { return std::abs(x); },
     [](real x, real) -> real { return x > 0   ? 1
                                       : x < 0 ? -1
                                               : 0; }},
    {"Abs", "numpy", Result::same, [](real x) { return std::abs(x); },
     [](real x, real) -> real { return x > 0   ? 1
                                       : x < 0 ? -1
                                               : 0; }},
    {"Negative", "numpy", Result::same, [](real x) { return -x; },
     [](real, real) -> real { return -1; }},
    {"Sign", "numpy", Result::same, [](real x) -> real { return x > 0   ? 1
                                                                : x < 0 ? -1
                                                                        : x; },
     nullptr},
    {"Square", "numpy", Result::same, [](real x) { return x * x; },
     [](real x, real) { return 2 * x; }},
    {"Sqrt", "numpy", Result::floating, [](real x) { return std::sqrt(x); },
     [](real, real y) { return real(0.5) / y; }},
    {"Rsqrt", "math", Result::floating, [](real x) { return 1 / std::sqrt(x); },
     [](real, real y) { return real(-0.5) * y * y * y; }},
    {"Cbrt", "numpy", Result::floating, [](real x) { return std::cbrt(x); },
     [](real, real y) { return 1 / (3 * y * y); }},
    {"Reciprocal", "numpy", Result::floating, [](real x) { return 1 / x; },
     [](real, real y) { return -y * y; }},
    {"Exp", "numpy", Result::floating, [](real x) { return std::exp(x); },
     [](real, real y) { return y; }},
    {"Exp2", "numpy", Result::floating, [](real x) { return std::exp2(x); },
     [](real, real y) { return ln2 * y; }},
    {"Expm1", "numpy", Result::floating, [](real x) { return std::expm1(x); },
     [](real, real y) { return y + 1; }},
    {"Log", "numpy", Result::floating, [](real x) { return std::log(x); },
     [](real x, real) { return 1 / x; }},
    {"Log10", "numpy", Result::floating, [](real x) { return std::log10(x); },
     [](real x, real) { return 1 / (x * ln10); }},
    {"Log1p", "numpy", Result::floating, [](real x) { return std::log1p(x); },
     [](real x, real) { return 1 / (1 + x); }},
    {"Log2", "numpy", Result::floating, [](real x) { return std::log2(x); },
     [](real x, real) { return 1 / (x * ln2); }},
    {"Sin", "numpy", Result::floating, [](real x) { return std::sin(x); },
     [](real x, real) { return std::cos(x); }},
    {"Cos", "numpy", Result::floating, [](real x) { return std::cos(x); },
     [](real x, real) { return -std::sin(x); }},
    {"Tan", "numpy", Result::floating, [](real x) { return std::tan(x); },
     [](real, real y) { return 1 + y * y; }},
    {"Sinh", "numpy", Result::floating, [](real x) { return std::sinh(x); },
     [](real x, real) { return std::cosh(x); }},
    {"Cosh", "numpy", Result::floating, [](real x) { return std::cosh(x); },
     [](real x, real) { return std::sinh(x); }},
    {"Arcsin", "numpy", Result::floating, [](real x) { return std::asin(x); },
     [](real x, real) { return 1 / std::sqrt(1 - x * x); }},
    {"Arccos", "numpy", Result::floating, [](real x) { return std::acos(x); },
     [](real x, real) { return -1 / std::sqrt(1 - x * x); }},
    {"Arctan", "numpy", Result::floating, [](real x) { return std::atan(x); },
     [](real x, real) { return 1 / (1 + x * x); }},
    {"Arcsinh", "numpy", Result::floating, [](real x) { return std::asinh(x); },
     [](real x, real) { return 1 / std::sqrt(x * x + 1); }},
    {"Arccosh", "numpy", Result::floating, [](real x) { return std::acosh(x); },
     [](real x, real) { return 1 / std::sqrt(x * x - 1); }},
    {"Arctanh", "numpy", Result::floating, [](real x) { return std::atanh(x); },
     [](real x, real) { return 1 / (1 - x * x); }},
    {"Erf", "math", Result::floating, [](real x) { return std::erf(x); },
     [](real x, real) { return 2 * std::numbers::inv_sqrtpi_v<real> * std::exp(-x * x); }},
    {"Floor", "numpy", Result::floating, [](real x) { return std::floor(x); }, nullptr},
    {"Ceil", "numpy", Result::floating, [](real x) { return std::ceil(x); }, nullptr},
    {"Trunc", "numpy", Result::same, [](real x) { return std::trunc(x); }, nullptr},
    {"Isnan", "numpy", Result::boolean, [](real x) -> real { return std::isnan(x); }, nullptr},
    {"Isinf", "numpy", Result::boolean, [](real x) -> real { return std::isinf(x); }, nullptr},
    {"Isfinite", "numpy", Result::boolean, [](real x) -> real { return std::isfinite(x); },
     nullptr},
    {"LogicalNot", "numpy", Result::boolean, [](real x) -> real { return x == 0; }, nullptr},
    {"OnesLike", "numpy", Result::same, [](real) -> real { return 1; }, nullptr},
    {"ZerosLike", "numpy", Result::same, [](real) -> real { return 0; }, nullptr},
    {"Copy", "numpy", Result::same, [](real x) { return x; }, one},
    {"StopGradient", "core", Result::same, [](real x) { return x; }, nullptr},
};

/// keras.ops.round: half to even, at a decimal place.
class Round final : public Unary {
 public:
  explicit Round(Dim decimals) : factor_(std::pow(10.0, static_cast<double>(decimals))) {}
  Tensor compute(const Tensor& x) const override {
    Tensor y = empty(shape_of(x));
    for (std::size_t i = 0; i < x.size(); ++i)
      y.data()[i] = static_cast<real>(std::nearbyint(double{x.data()[i]} * factor_) / factor_);
    return y;
  }
  Tensor gradient(const Tensor& x, const Tensor&, Tensor) const override {
    return zeros(shape_of(x));
  }

 private:
  double factor_;
};

/// keras.ops.clip with numbers for limits.
class Clip final : public Unary {
 public:
  Clip(double low, double high) : low_(static_cast<real>(low)), high_(static_cast<real>(high)) {}
  Tensor compute(const Tensor& x) const override {
    Tensor y = empty(shape_of(x));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const real value = x.data()[i];
      y.data()[i] = value < low_ ? low_ : value > high_ ? high_ : value;
    }
    return y;
  }
  Tensor gradient(const Tensor& x, const Tensor&, Tensor dy) const override {
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (x.data()[i] < low_ || x.data()[i] > high_) dy.data()[i] = 0;
    }
    return dy;
  }

 private:
  real low_, high_;
};

/// keras.ops.cast and convert_to_tensor. Computation is in `real` in any case: the values are those
/// that the dtype can hold, for integers and booleans.
class Cast final : public Unary {
 public:
  explicit Cast(std::string dtype) : dtype_(std::move(dtype)) {}
  std::string output_dtype(const std::vector<std::string>& operands) const override {
    return dtype_.empty() ? promoted(operands) : dtype_;
  }
  Tensor compute(const Tensor& x) const override {
    Tensor y = x;
    if (dtype_ == "bool") {
      for (real& value : y) value = value != 0;
    } else if (is_integer()) {
      for (real& value : y) value = std::trunc(value);
    }
    return y;
  }
  Tensor gradient(const Tensor& x, const Tensor&, Tensor dy) const override {
    return dtype_ == "bool" || is_integer() ? zeros(shape_of(x)) : std::move(dy);
  }

 private:
  bool is_integer() const { return dtype_.starts_with("int") || dtype_.starts_with("uint"); }
  std::string dtype_;
};

}  // namespace

void add_pointwise(Catalogue& catalogue) {
  for (const Function& function : functions) {
    catalogue[function.name] = {function.module, {"x"}, {}, [&function](const Json&) {
                                  return std::make_unique<PointwiseFunction>(function);
                                }};
  }
  catalogue["StopGradient"].operands = {"variable"};
  catalogue["Round"] = {"numpy", {"x"}, {"decimals"}, [](const Json& arguments) {
                          return std::make_unique<Round>(argument(arguments, "decimals", Dim{0}));
                        }};
  catalogue["Clip"] = {"numpy", {"x"}, {"x_min", "x_max"}, [](const Json& arguments) {
                         const double infinity = std::numeric_limits<double>::infinity();
                         return std::make_unique<Clip>(argument(arguments, "x_min", -infinity),
                                                       argument(arguments, "x_max", infinity));
                       }};
  const auto cast = [](const Json& arguments) {
    return std::make_unique<Cast>(argument(arguments, "dtype", std::string()));
  };
  catalogue["Cast"] = {"core", {"x"}, {"dtype"}, cast};
  catalogue["ConvertToTensor"] = {"core", {"x"}, {"dtype", "sparse", "ragged"}, cast};
}

}  // namespace keratin::inline KERATIN_VARIANT::layers::operations
