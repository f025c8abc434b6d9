#include "gemm.hpp"

#include <algorithm>

namespace keratin::kernels::reference {

template <class T>
void gemm(Transpose a_op, Transpose b_op, std::size_t m, std::size_t n, std::size_t k, const T* a,
          std::size_t lda, const T* b, std::size_t ldb, T beta, T* c, std::size_t ldc,
          const Epilogue<T>& epilogue) {
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      double sum = beta == 0 ? 0.0 : double{c[i * ldc + j]};
      for (std::size_t p = 0; p < k; ++p) {
        const T x = a_op == Transpose::no ? a[i * lda + p] : a[p * lda + i];
        const T y = b_op == Transpose::no ? b[p * ldb + j] : b[j * ldb + p];
        sum += double{x} * double{y};
      }
      if (epilogue.bias) sum += double{epilogue.bias[j]};
      c[i * ldc + j] = static_cast<T>(std::clamp(sum, double{epilogue.low}, double{epilogue.high}));
    }
  }
}

template void gemm(Transpose, Transpose, std::size_t, std::size_t, std::size_t, const float*,
                   std::size_t, const float*, std::size_t, float, float*, std::size_t,
                   const Epilogue<float>&);
template void gemm(Transpose, Transpose, std::size_t, std::size_t, std::size_t, const double*,
                   std::size_t, const double*, std::size_t, double, double*, std::size_t,
                   const Epilogue<double>&);

}  // namespace keratin::kernels::reference
