#pragma once

#include <cstddef>

namespace keratin::kernels {

/// What an LSTM does in one step after its products, for `rows` rows of `units`. `z`
/// (rows, 4 units) has the pre-activations of the gates i, f, g, o one after the other, and gets
/// sigmoid(i), sigmoid(f), tanh(g), sigmoid(o) in their place;
///
///   c = f c_before + i g,    h = o tanh(c),    all (rows, units).
template <class T>
void lstm_step(std::size_t rows, std::size_t units, T* z, const T* c_before, T* c, T* h);

/// The gradients of that: `gates` is what lstm_step made of z, and becomes the gradient of z; `dh`
/// is the gradient of h; `dc` is the gradient of c from elsewhere, and becomes that of c_before.
template <class T>
void lstm_step_gradient(std::size_t rows, std::size_t units, T* gates, const T* c_before,
                        const T* c, const T* dh, T* dc);

}  // namespace keratin::kernels
