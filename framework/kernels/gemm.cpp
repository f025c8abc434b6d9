#include "gemm.hpp"

#include <algorithm>
#include <utility>

#include "../base/pool_allocator.hpp"
#include "reference/gemm.hpp"

namespace keratin::kernels {

template <class T>
PackedMatrix<T>::PackedMatrix(Transpose b_op, std::size_t k, std::size_t n, const T* b,
                              std::size_t ldb)
    : k_(k), n_(n), size_(k * n), data_(PoolAllocator<T>().allocate(size_)) {
  for (std::size_t p = 0; p < k; ++p) {
    for (std::size_t j = 0; j < n; ++j) {
      data_[p * n + j] = b_op == Transpose::no ? b[p * ldb + j] : b[j * ldb + p];
    }
  }
}

template <class T>
PackedMatrix<T>::PackedMatrix(PackedMatrix&& other) noexcept {
  *this = std::move(other);
}

template <class T>
PackedMatrix<T>& PackedMatrix<T>::operator=(PackedMatrix&& other) noexcept {
  std::swap(k_, other.k_);
  std::swap(n_, other.n_);
  std::swap(size_, other.size_);
  std::swap(data_, other.data_);
  return *this;
}

template <class T>
PackedMatrix<T>::~PackedMatrix() {
  if (data_) PoolAllocator<T>().deallocate(data_, size_);
}

template <class T>
void gemm(Transpose a_op, Transpose b_op, std::size_t m, std::size_t n, std::size_t k, const T* a,
          std::size_t lda, const T* b, std::size_t ldb, T beta, T* c, std::size_t ldc,
          const Epilogue<T>& epilogue) {
  reference::gemm(a_op, b_op, m, n, k, a, lda, b, ldb, beta, c, ldc, epilogue);
}

template <class T>
void gemm(Transpose a_op, std::size_t m, const T* a, std::size_t lda, const PackedMatrix<T>& b,
          T beta, T* c, std::size_t ldc, const Epilogue<T>& epilogue) {
  gemm(a_op, Transpose::no, m, b.n(), b.k(), a, lda, b.data(), b.n(), beta, c, ldc, epilogue);
}

#define KERATIN_INSTANTIATE(T)                                                                     \
  template class PackedMatrix<T>;                                                                  \
  template void gemm(Transpose, Transpose, std::size_t, std::size_t, std::size_t, const T*,        \
                     std::size_t, const T*, std::size_t, T, T*, std::size_t, const Epilogue<T>&);  \
  template void gemm(Transpose, std::size_t, const T*, std::size_t, const PackedMatrix<T>&, T, T*, \
                     std::size_t, const Epilogue<T>&);
KERATIN_INSTANTIATE(float)
KERATIN_INSTANTIATE(double)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::kernels
