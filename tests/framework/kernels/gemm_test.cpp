#include "../../../framework/kernels/gemm.hpp"

#include <cmath>
#include <cstring>
#include <limits>

#include "../../../framework/kernels/reference/gemm.hpp"
#include "../../support/kernel_checks.hpp"

using namespace keratin;
using kernels::Epilogue;
using kernels::Transpose;

namespace {

template <class T>
struct Case {
  Transpose a_op, b_op;
  std::size_t m, n, k;
  T beta = 0;
  Epilogue<T> epilogue{};
  std::size_t gap = 0;  // between the stored rows

  std::size_t lda() const { return (a_op == Transpose::no ? k : m) + gap; }
  std::size_t ldb() const { return (b_op == Transpose::no ? n : k) + gap; }
  std::size_t ldc() const { return n + gap; }
  std::vector<T> a() const {
    return testing::random_values<T>((a_op == Transpose::no ? m : k) * lda(), 1);
  }
  std::vector<T> b() const {
    return testing::random_values<T>((b_op == Transpose::no ? k : n) * ldb(), 2);
  }
  // Read only where beta is 1.
  std::vector<T> c() const {
    return beta == 0 ? std::vector<T>(m * ldc(), std::numeric_limits<T>::quiet_NaN())
                     : testing::random_values<T>(m * ldc(), 3);
  }
};

template <class T>
std::vector<T> product(const Case<T>& s) {
  const auto a = s.a(), b = s.b();
  auto c = s.c();
  kernels::gemm(s.a_op, s.b_op, s.m, s.n, s.k, a.data(), s.lda(), b.data(), s.ldb(), s.beta,
                c.data(), s.ldc(), s.epilogue);
  return c;
}

template <class T>
std::vector<T> packed_product(const Case<T>& s) {
  const auto a = s.a(), b = s.b();
  auto c = s.c();
  const kernels::PackedMatrix<T> packed(s.b_op, s.k, s.n, b.data(), s.ldb());
  kernels::gemm(s.a_op, s.m, a.data(), s.lda(), packed, s.beta, c.data(), s.ldc(), s.epilogue);
  return c;
}

template <class T>
bool same_bits(const std::vector<T>& x, const std::vector<T>& y) {
  return x.size() == y.size() &&
         (x.empty() || std::memcmp(x.data(), y.data(), x.size() * sizeof(T)) == 0);
}

template <class T>
void check(const Case<T>& s) {
  CAPTURE(s.m);
  CAPTURE(s.n);
  CAPTURE(s.k);
  CAPTURE(s.gap);
  CAPTURE(s.a_op == Transpose::yes);
  CAPTURE(s.b_op == Transpose::yes);
  const auto a = s.a(), b = s.b();
  auto expected = s.c();
  kernels::reference::gemm(s.a_op, s.b_op, s.m, s.n, s.k, a.data(), s.lda(), b.data(), s.ldb(),
                           s.beta, expected.data(), s.ldc(), s.epilogue);
  const auto actual = product(s);
  CHECK(same_bits(packed_product(s), actual));
  for (std::size_t i = 0; i < s.m; ++i) {  // the gaps stay as they were
    for (std::size_t j = s.n; j < s.ldc(); ++j) {
      CHECK(std::isnan(actual[i * s.ldc() + j]) == (s.beta == 0));
    }
  }
  std::vector<T> x, y;
  for (std::size_t i = 0; i < s.m * s.ldc(); ++i) {
    if (i % s.ldc() >= s.n) continue;
    x.push_back(actual[i]);
    y.push_back(expected[i]);
  }
  testing::check_close(x, y, std::sqrt(static_cast<double>(s.k)));
}

constexpr Transpose both[] = {Transpose::no, Transpose::yes};

template <class T>
void check_all_sizes() {
  const std::size_t sizes[] = {1, 2, 7, 15, 33};
  for (const Transpose a_op : both) {
    for (const Transpose b_op : both) {
      for (const std::size_t m : sizes) {
        for (const std::size_t n : sizes) check<T>({a_op, b_op, m, n, 3 + (m + n) % 7});
      }
      for (const std::size_t m : {1, 6, 8}) {
        for (const std::size_t k : {255, 257, 600}) check<T>({a_op, b_op, m, 70, k});
      }
      check<T>({.a_op = a_op, .b_op = b_op, .m = 3, .n = 45, .k = 300, .beta = 1, .gap = 3});
      check<T>({.a_op = a_op, .b_op = b_op, .m = 114, .n = 530, .k = 9, .gap = 5});
      check<T>({.a_op = a_op, .b_op = b_op, .m = 114, .n = 33, .k = 260, .beta = 1, .gap = 5});
    }
  }
}

}  // namespace

TEST_CASE_TEMPLATE("gemm agrees with the reference", T, float, double) {
  testing::for_each_target([] { check_all_sizes<T>(); });
}

TEST_CASE_TEMPLATE("gemm adds a bias and clamps", T, float, double) {
  testing::for_each_target([] {
    for (const std::size_t n : {1, 19, 64, 107}) {
      const auto bias = testing::random_values<T>(n, 4);
      for (const std::size_t m : {1, 5, 31}) {
        for (const T beta : {T{0}, T{1}}) {
          const Transpose no = Transpose::no;
          check<T>({no, no, m, n, 300, beta, {.bias = bias.data()}});
          check<T>({no, no, m, n, 20, beta, {.bias = bias.data(), .low = 0}});
          check<T>({no, no, m, n, 20, beta, {.low = 0, .high = 1}});
        }
      }
    }
  });
}

TEST_CASE("gemm of nothing") {
  const float bias[] = {1, 2};
  float c[] = {5, 6};
  const Transpose no = Transpose::no;
  kernels::gemm<float>(no, no, 0, 2, 3, nullptr, 3, nullptr, 2, 0, nullptr, 2);
  kernels::gemm<float>(no, no, 1, 0, 3, nullptr, 3, nullptr, 0, 0, nullptr, 0);
  kernels::gemm<float>(no, no, 1, 2, 0, nullptr, 0, nullptr, 2, 1, c, 2, {.bias = bias});
  CHECK(c[0] == 6);
  CHECK(c[1] == 8);
  kernels::gemm<float>(no, no, 1, 2, 0, nullptr, 0, nullptr, 2, 0, c, 2, {.bias = bias});
  CHECK(c[0] == 1);
  CHECK(c[1] == 2);
}

TEST_CASE("gemm's clamp lets NaN through") {
  testing::for_each_target([] {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<float> a{nan}, b(40, 1.0f);
    std::vector<float> c(40);
    kernels::gemm<float>(Transpose::no, Transpose::no, 1, 40, 1, a.data(), 1, b.data(), 40, 0,
                         c.data(), 40, {.low = 0, .high = 6});
    for (const float x : c) CHECK(std::isnan(x));
  });
}

TEST_CASE_TEMPLATE("gemm gives a row the same bits among any others, on any threads", T, float,
                   double) {
  testing::for_each_target([] {
    for (const Transpose b_op : both) {
      const Case<T> all{Transpose::no, b_op, 125, 150, 300};
      const auto expected = product(all);
      for (const std::size_t m : {1, 2, 3, 5, 8, 113}) {
        Case<T> some = all;
        some.m = m;
        const auto rows = product(some);
        CHECK(std::equal(rows.begin(), rows.end(), expected.begin()));
      }
      testing::check_same_on_any_threads([&] { return product(all); });
    }
    testing::check_same_on_any_threads([] {
      return product<T>({Transpose::yes, Transpose::no, 90, 110, 600});
    });
    testing::check_same_on_any_threads([] {
      return product<T>({Transpose::no, Transpose::no, 1, 3000, 600});
    });
  });
}
