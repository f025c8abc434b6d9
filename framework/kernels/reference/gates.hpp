#pragma once

#include <cstddef>

namespace keratin::kernels::reference {

// kernels::lstm_step, gru_step and their gradients as the obvious loops in double: what they are
// tested against.

template <class T>
void lstm_step(std::size_t rows, std::size_t units, T* z, const T* c_before, T* c, T* h);
template <class T>
void lstm_step_gradient(std::size_t rows, std::size_t units, T* gates, const T* c_before,
                        const T* c, const T* dh, T* dc);
template <class T>
void gru_step(std::size_t rows, std::size_t units, T* x, const T* inner, const T* h_before, T* h);
template <class T>
void gru_step_gradient(std::size_t rows, std::size_t units, T* gates, T* inner, const T* h_before,
                       T* dh);

}  // namespace keratin::kernels::reference
