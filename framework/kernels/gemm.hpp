#pragma once

#include <cstddef>
#include <limits>

namespace keratin::kernels {

/// Whether a matrix is taken as it is stored (row-major) or transposed.
enum class Transpose : bool { no, yes };

/// What is done to a product's elements before they are stored: clamp(x + bias[column], low, high).
/// The defaults do nothing; `.low = 0` is relu, `.low = 0, .high = 6` relu6. NaN stays NaN.
template <class T>
struct Epilogue {
  const T* bias = nullptr;  ///< one value per column, or null
  T low = -std::numeric_limits<T>::infinity();
  T high = std::numeric_limits<T>::infinity();
};

/// The right factor of a product, rearranged once for many multiplications. The source may change
/// or go away afterwards.
template <class T>
class PackedMatrix {
 public:
  PackedMatrix() = default;
  /// Packs op(B), k x n, of the row-major matrix `b` with row length `ldb`.
  PackedMatrix(Transpose b_op, std::size_t k, std::size_t n, const T* b, std::size_t ldb);
  PackedMatrix(PackedMatrix&& other) noexcept;
  PackedMatrix& operator=(PackedMatrix&& other) noexcept;
  ~PackedMatrix();

  std::size_t k() const { return k_; }
  std::size_t n() const { return n_; }
  const T* data() const { return data_; }

 private:
  std::size_t k_ = 0, n_ = 0, size_ = 0;
  T* data_ = nullptr;
};

/// Whether a product with so many rows of A is faster with a packed B. With fewer B is read where
/// it lies, once.
inline constexpr bool packing_pays(std::size_t m) { return m > 6; }

/// C = epilogue(op(A) op(B) + beta C), all row-major: op(A) is m x k, op(B) k x n, C m x n;
/// `lda`, `ldb`, `ldc` are the stored rows' lengths. `beta` is 0 (C is not read) or 1. The sizes
/// may be 0 (k = 0 gives epilogue(beta C)). C must not overlap A or B.
/// An element's bits depend on its row of A, its column of B and k only: neither on m and n nor on
/// the number of threads; a prepacked B gives the same bits.
template <class T>
void gemm(Transpose a_op, Transpose b_op, std::size_t m, std::size_t n, std::size_t k, const T* a,
          std::size_t lda, const T* b, std::size_t ldb, T beta, T* c, std::size_t ldc,
          const Epilogue<T>& epilogue = {});

/// The same with B packed before.
template <class T>
void gemm(Transpose a_op, std::size_t m, const T* a, std::size_t lda, const PackedMatrix<T>& b,
          T beta, T* c, std::size_t ldc, const Epilogue<T>& epilogue = {});

}  // namespace keratin::kernels
