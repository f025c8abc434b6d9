#include "../../../framework/kernels/transpose.hpp"

#include <algorithm>
#include <numeric>

#include "../../support/kernel_checks.hpp"

using namespace keratin;

namespace {

using Numbers = std::vector<std::size_t>;

template <class T>
void check(const Numbers& shape, const Numbers& axes) {
  const std::size_t rank = shape.size();
  std::size_t size = 1;
  Numbers strides(rank, 1);
  for (std::size_t i = rank; i-- > 0; size *= shape[i]) strides[i] = size;
  const auto x = testing::random_values<T>(size);
  std::vector<T> y(size), expected(size);
  kernels::permute(rank, shape.data(), axes.data(), x.data(), y.data());
  for (std::size_t i = 0; i < size; ++i) {
    std::size_t rest = i, from = 0;
    for (std::size_t axis = rank; axis-- > 0;) {
      from += rest % shape[axes[axis]] * strides[axes[axis]];
      rest /= shape[axes[axis]];
    }
    expected[i] = x[from];
  }
  CHECK(y == expected);
}

}  // namespace

TEST_CASE_TEMPLATE("permute puts axes in any order", T, float, double) {
  testing::for_each_target([] {
    for (const Numbers& shape : {Numbers{},
                                 {7},
                                 {5, 9},
                                 {40, 70},
                                 {3, 17, 1},
                                 {2, 33, 20},
                                 {3, 4, 5, 6},
                                 {1, 3, 1, 8},
                                 {2, 3, 2, 3, 4},
                                 {2, 0, 3},
                                 {3, 5, 7, 33}}) {
      Numbers axes(shape.size());
      std::iota(axes.begin(), axes.end(), std::size_t{0});
      do {
        check<T>(shape, axes);
      } while (std::next_permutation(axes.begin(), axes.end()));
    }
  });
}

TEST_CASE_TEMPLATE("transpose of several matrices, back and forth", T, float, double) {
  testing::for_each_target([] {
    for (const std::size_t rows : {1, 3, 16, 49, 65}) {
      for (const std::size_t columns : {1, 8, 33, 100}) {
        const auto x = testing::random_values<T>(3 * rows * columns);
        std::vector<T> y(x.size()), z(x.size());
        kernels::transpose(3, rows, columns, x.data(), y.data());
        CHECK(y[rows * columns + 1 % rows] == x[rows * columns + 1 % rows * columns]);
        kernels::transpose(3, columns, rows, y.data(), z.data());
        CHECK(z == x);
      }
    }
  });
}
