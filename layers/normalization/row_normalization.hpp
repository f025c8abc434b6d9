#pragma once

#include <vector>

#include "../../framework/layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// Scales rows of numbers to a common size: y = (x - mean) / sqrt(v + epsilon) and its kin.
struct RowNormalization {
  /// Whether the mean is subtracted from x.
  bool subtract_mean = true;
  /// Whether v is the mean square about the mean, or else about 0.
  bool about_mean = true;
  /// v is the sum of the squares, not their mean, and at least epsilon, which is not added.
  bool unit = false;
  double epsilon = 0;

  /// Normalises `rows` rows of `count` numbers in place.
  void forward(std::size_t rows, std::size_t count, real* x) const;
  /// Turns the gradient of the results into that of x.
  void backward(std::size_t rows, std::size_t count, const real* x, real* gradient) const;

 private:
  struct Statistics {
    double mean, centre, inverse;
    bool clipped;
  };
  Statistics statistics(std::size_t count, const real* x) const;
};

/// Normalises along `axes` and scales each place there: y = gamma normalised(x) + beta. gamma and
/// beta, which may be null, have as many elements as the axes together.
class AxesNormalization {
 public:
  Tensor forward(const Layer& layer, const Tensor& input) const;
  Tensor backward(const Layer& layer, Tensor gradient, Context& context) const;

  std::vector<Dim> axes = {};
  RowNormalization rows = {};
  const Parameter* gamma = nullptr;
  const Parameter* beta = nullptr;
};

/// Adds to the gradients of gamma and beta: y(r, c) = gamma(c) x(r, c) + beta(c). Both may be null.
void add_affine_gradients(std::size_t rows, std::size_t channels, const Tensor& x,
                          const Tensor& gradient, const Parameter* gamma, const Parameter* beta,
                          Context& context);
/// x(r, c) = gamma(c) x(r, c) + beta(c)
void apply_affine(std::size_t rows, std::size_t channels, Tensor& x, const Parameter* gamma,
                  const Parameter* beta);

}  // namespace keratin::inline KERATIN_VARIANT::layers
