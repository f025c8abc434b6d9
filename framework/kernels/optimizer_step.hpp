#pragma once

#include <cstddef>

namespace keratin::kernels {

// One pass over a weight w, its gradient g and what an optimizer keeps of them. w first loses
// `decay` times itself.

template <class T>
struct SgdStep {
  T rate, decay, momentum;
  bool nesterov;
};
/// w -= rate g; with `m`: m = momentum m - rate g, then w += m, or momentum m - rate g for
/// `nesterov`. `m` may be null.
template <class T>
void sgd_step(std::size_t count, const SgdStep<T>& step, const T* g, T* w, T* m);

template <class T>
struct RmspropStep {
  T rate, decay, rho, momentum, epsilon;
};
/// v = rho v + (1 - rho) g^2, change = rate g / sqrt(v + epsilon), w -= change. With `average`:
/// average = rho average + (1 - rho) g, and its square is taken from v. With `m`: m = momentum m +
/// change takes the place of the change. Both may be null.
template <class T>
void rmsprop_step(std::size_t count, const RmspropStep<T>& step, const T* g, T* w, T* v, T* m,
                  T* average);

template <class T>
struct AdamStep {
  T alpha, decay, rest_1, rest_2, epsilon;
};
/// m += (g - m) rest_1, v += (g^2 - v) rest_2, w -= alpha m / (sqrt(v) + epsilon). With `largest`,
/// which may be null: largest = max(largest, v) takes the place of v in the last.
template <class T>
void adam_step(std::size_t count, const AdamStep<T>& step, const T* g, T* w, T* m, T* v,
               T* largest);

}  // namespace keratin::kernels
