#pragma once

#include <cstddef>

namespace keratin::kernels {

/// What a GRU whose reset gate comes after the product does in one step after its products, for
/// `rows` rows of `units`. `x` and `inner`, both (rows, 3 units), have the parts of the
/// pre-activations that come from the input and from the state, for the gates z, r and the
/// candidate one after the other; `x` gets
///
///   z = sigmoid(x_z + inner_z),  r = sigmoid(x_r + inner_r),  g = tanh(x_g + r inner_g)
///
/// and h = z h_before + (1 - z) g, both (rows, units).
template <class T>
void gru_step(std::size_t rows, std::size_t units, T* x, const T* inner, const T* h_before, T* h);

/// The gradients of that: `gates` is what gru_step made of x; it becomes the gradient of x, and
/// `inner` its own. `dh` is the gradient of h, and becomes that of h_before but for what comes
/// through `inner`.
template <class T>
void gru_step_gradient(std::size_t rows, std::size_t units, T* gates, T* inner, const T* h_before,
                       T* dh);

}  // namespace keratin::kernels
