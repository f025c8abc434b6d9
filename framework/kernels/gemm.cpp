#include "gemm.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "../base/parallel.hpp"
#include "gemm_blocks.hpp"
#include "gemm_tile.hpp"
#include "scratch.hpp"

namespace keratin::kernels {
namespace {

/// The most rows for which packing does not pay.
constexpr std::size_t few_rows = 6;
static_assert(!packing_pays(few_rows) && packing_pays(few_rows + 1));

/// The product at hand. B is packed as a whole (`panels`), or where `panels` is null, by each
/// thread for what it computes.
template <class T>
struct Product {
  Transpose a_op, b_op;
  std::size_t m, n, k;
  const T* a;
  std::size_t lda;
  const T* b;
  std::size_t ldb;
  const T* panels;
  bool add;
  T* c;
  std::size_t ldc;
  const Epilogue<T>& epilogue;
};

/// Computes one block of C at a time, in buffers of its own.
template <class T>
class Worker {
 public:
  explicit Worker(const Product<T>& product)
      : p_(product),
        shape_(tile_shape<T>()),
        direct_b_(!p_.panels && p_.b_op == Transpose::no && p_.m <= few_rows),
        // Rows read many times are copied closer together: far apart they may share cache sets.
        copy_a_(p_.a_op == Transpose::yes || (p_.n > 4 * shape_.columns && p_.m > few_rows)),
        a_(copy_a_ ? most_block_rows * (depth_block + row_gap) : 0),
        b_(p_.panels ? 0 : depth_block * (direct_b_ ? shape_.columns : block_columns)) {}

  void compute(Range rows, Range columns) {
    const std::size_t step = most_block_rows / shape_.rows * shape_.rows;
    for (std::size_t row = rows.begin; row < rows.end; row += step) {
      for (std::size_t column = columns.begin; column < columns.end; column += block_columns) {
        block({row, std::min(row + step, rows.end)},
              {column, std::min(column + block_columns, columns.end)});
      }
    }
  }

 private:
  // Rows of a copied block start in different cache sets.
  static constexpr std::size_t row_gap = 64 / sizeof(T);

  void block(Range rows, Range columns) {
    std::array<T*, most_block_rows> c;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      c[i] = p_.c + (rows.begin + i) * p_.ldc + columns.begin;
    }
    Epilogue<T> epilogue = p_.epilogue;
    if (epilogue.bias) epilogue.bias += columns.begin;
    std::size_t k = 0;
    do {
      const Range depth{k, std::min(k + depth_block, p_.k)};
      Block<T> part{};
      part.rows = rows.size();
      part.columns = columns.size();
      part.depth = depth.size();
      part.c = c.data();
      part.accumulate = p_.add || k > 0;
      part.epilogue = depth.end == p_.k ? unless_idle(epilogue) : nullptr;
      set_a(part, rows, depth);
      set_b_and_multiply(part, columns, depth);
      k = depth.end;
    } while (k < p_.k);
  }

  void set_a(Block<T>& part, Range rows, Range depth) {
    part.a_by_columns = p_.a_op == Transpose::yes;
    if (part.a_by_columns) {
      pack_strips(rows.size(), depth.size(), p_.a + depth.begin * p_.lda + rows.begin, p_.lda,
                  a_.data());
      part.a = a_.data();
      part.a_stride = shape_.rows;
      part.a_strip = shape_.rows * depth.size();
      return;
    }
    const T* a = p_.a + rows.begin * p_.lda + depth.begin;
    part.a = a;
    part.a_stride = p_.lda;
    if (!copy_a_) return;
    part.a = a_.data();
    part.a_stride = depth_block + row_gap;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::memcpy(a_.data() + i * part.a_stride, a + i * p_.lda, depth.size() * sizeof(T));
    }
  }

  void set_b_and_multiply(Block<T>& part, Range columns, Range depth) {
    const std::size_t width = shape_.columns;
    part.b_stride = width;
    part.b_panel = width * depth.size();
    if (p_.panels) {
      part.b = p_.panels + depth.begin * round_up(p_.n, width) + columns.begin * depth.size();
      return multiply(part);
    }
    const T* b = p_.b_op == Transpose::no ? p_.b + depth.begin * p_.ldb + columns.begin
                                          : p_.b + columns.begin * p_.ldb + depth.begin;
    if (!direct_b_) {
      pack_panels(p_.b_op, depth.size(), columns.size(), b, p_.ldb, b_.data());
      part.b = b_.data();
      return multiply(part);
    }
    const std::size_t whole = columns.size() / width * width;
    if (whole > 0) {
      Block<T> direct = part;
      direct.columns = whole;
      direct.b = b;
      direct.b_stride = p_.ldb;
      direct.b_panel = width;
      multiply(direct);
    }
    if (whole < columns.size()) multiply_rest(part, b + whole, whole);
  }

  /// The last columns, which do not fill a panel: reading them in place would go past their end.
  void multiply_rest(Block<T> part, const T* b, std::size_t column) {
    pack_panels(Transpose::no, part.depth, part.columns - column, b, p_.ldb, b_.data());
    part.b = b_.data();
    part.columns -= column;
    std::array<T*, few_rows> c;
    for (std::size_t i = 0; i < part.rows; ++i) c[i] = part.c[i] + column;
    part.c = c.data();
    Epilogue<T> epilogue;
    if (part.epilogue) {
      epilogue = *part.epilogue;
      if (epilogue.bias) epilogue.bias += column;
      part.epilogue = &epilogue;
    }
    multiply(part);
  }

  const Product<T>& p_;
  TileShape shape_;
  bool direct_b_, copy_a_;
  Scratch<T> a_, b_;
};

template <class T>
void run(const Product<T>& p) {
  const TileShape shape = tile_shape<T>();
  const Grid grid = thread_grid(shape, p.m, p.n, p.k, p.panels != nullptr);
  const std::size_t pieces = grid.rows * grid.columns;
  parallel_for(pieces, 1, [&](std::size_t begin, std::size_t end) {
    Worker<T> worker(p);
    for (std::size_t i = begin; i < end; ++i) {
      worker.compute(piece(p.m, shape.rows, i / grid.columns, grid.rows),
                     piece(p.n, shape.columns, i % grid.columns, grid.columns));
    }
  });
}

}  // namespace

template <class T>
PackedMatrix<T>::PackedMatrix(Transpose b_op, std::size_t k, std::size_t n, const T* b,
                              std::size_t ldb)
    : k_(k), n_(n) {
  const std::size_t width = tile_shape<T>().columns;
  const std::size_t padded = round_up(n, width);
  size_ = std::max<std::size_t>(1, k * padded);
  data_ = PoolAllocator<T>().allocate(size_);
  const std::size_t blocks = round_up(k, depth_block) / depth_block, panels = padded / width;
  parallel_for(blocks * panels, 8, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t row = i / panels * depth_block, column = i % panels * width;
      const std::size_t depth = std::min(depth_block, k - row);
      pack_panels(b_op, depth, std::min(width, n - column),
                  b_op == Transpose::no ? b + row * ldb + column : b + column * ldb + row, ldb,
                  data_ + row * padded + column * depth);
    }
  });
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
  if (m == 0 || n == 0) return;
  if (m > most_block_rows) {
    return gemm(a_op, m, a, lda, PackedMatrix<T>(b_op, k, n, b, ldb), beta, c, ldc, epilogue);
  }
  run(Product<T>{a_op, b_op, m, n, k, a, lda, b, ldb, nullptr, beta != 0, c, ldc, epilogue});
}

template <class T>
void gemm(Transpose a_op, std::size_t m, const T* a, std::size_t lda, const PackedMatrix<T>& b,
          T beta, T* c, std::size_t ldc, const Epilogue<T>& epilogue) {
  if (m == 0 || b.n() == 0) return;
  run(Product<T>{a_op, Transpose::no, m, b.n(), b.k(), a, lda, nullptr, 0, b.data(), beta != 0, c,
                 ldc, epilogue});
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
