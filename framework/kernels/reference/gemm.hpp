#pragma once

#include <cstddef>

#include "../gemm.hpp"

namespace keratin::kernels::reference {

/// kernels::gemm, one multiplication at a time, summed in double: what it is tested against.
template <class T>
void gemm(Transpose a_op, Transpose b_op, std::size_t m, std::size_t n, std::size_t k, const T* a,
          std::size_t lda, const T* b, std::size_t ldb, T beta, T* c, std::size_t ldc,
          const Epilogue<T>& epilogue = {});

}  // namespace keratin::kernels::reference
