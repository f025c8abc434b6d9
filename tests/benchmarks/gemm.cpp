#include "../../framework/kernels/gemm.hpp"

#include <cblas.h>

#include <memory>
#include <string>
#include <vector>

#include "../../framework/base/pool_allocator.hpp"
#include "harness.hpp"

#ifdef KERATIN_BENCH_ONEDNN
#include <oneapi/dnnl/dnnl.hpp>
#endif

namespace benchmarks {

namespace {

using keratin::kernels::Transpose;

/// Aligned as tensors are.
using Values = std::vector<float, keratin::PoolAllocator<float>>;

Values values(std::size_t count) {
  Values values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>(i * 2654435761u >> 16 & 255) / 255.f - .5f;
  }
  return values;
}

/// C = A B with A m x k and B k x n.
struct Sizes {
  std::size_t m, k, n;
};

#ifdef KERATIN_BENCH_ONEDNN
/// oneDNN's product with B rearranged once to its liking.
Contender onednn(const Sizes& s, Values& a, Values& b, Values& c) {
  using dnnl::memory;
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  static dnnl::stream stream(engine);
  const auto dim = [](std::size_t size) { return static_cast<memory::dim>(size); };
  const auto float32 = memory::data_type::f32;
  const auto rows = memory::format_tag::ab;
  const memory::desc a_rows({dim(s.m), dim(s.k)}, float32, rows);
  const memory::desc b_rows({dim(s.k), dim(s.n)}, float32, rows);
  const memory::desc b_any({dim(s.k), dim(s.n)}, float32, memory::format_tag::any);
  const memory::desc c_rows({dim(s.m), dim(s.n)}, float32, rows);
  const dnnl::matmul::primitive_desc description({a_rows, b_any, c_rows}, engine);
  memory source(b_rows, engine, b.data()), packed(description.weights_desc(), engine);
  dnnl::reorder(source, packed).execute(stream, source, packed);
  stream.wait();
  const dnnl::matmul product(description);
  const std::unordered_map<int, memory> arguments{{DNNL_ARG_SRC, memory(a_rows, engine, a.data())},
                                                  {DNNL_ARG_WEIGHTS, packed},
                                                  {DNNL_ARG_DST, memory(c_rows, engine, c.data())}};
  return {"onednn2-matmul-packed", [product, arguments] {
            product.execute(stream, arguments);
            stream.wait();
          }};
}
#endif

void compare(Session& session, const Sizes& s) {
  const std::string workload =
      "gemm_M" + std::to_string(s.m) + "_K" + std::to_string(s.k) + "_N" + std::to_string(s.n);
  if (!session.wants(workload)) return;
  Values a = values(s.m * s.k), b = values(s.k * s.n), c(s.m * s.n);
  const auto packed = std::make_shared<keratin::kernels::PackedMatrix<float>>(Transpose::no, s.k,
                                                                              s.n, b.data(), s.n);
  const auto blas_size = [](std::size_t size) { return static_cast<blasint>(size); };
  std::vector<Contender> contenders{
      {"keratin",  // as in inference: the weights are packed once
       [&, packed] {
         keratin::kernels::gemm(Transpose::no, s.m, a.data(), s.k, *packed, 0.f, c.data(), s.n);
       }},
      {"keratin-plain",
       [&] {
         keratin::kernels::gemm(Transpose::no, Transpose::no, s.m, s.n, s.k, a.data(), s.k,
                                b.data(), s.n, 0.f, c.data(), s.n);
       }},
      {"openblas", [&] {  // its best kernels need OPENBLAS_CORETYPE=SkylakeX on some machines
         cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, blas_size(s.m), blas_size(s.n),
                     blas_size(s.k), 1.f, a.data(), blas_size(s.k), b.data(), blas_size(s.n), 0.f,
                     c.data(), blas_size(s.n));
       }}};
#ifdef KERATIN_BENCH_ONEDNN
  contenders.push_back(onednn(s, a, b, c));
#endif
  session.compare(workload, contenders);
}

void products(Session& session) {
  compare(session, {12544, 32, 64});
  compare(session, {3136, 128, 128});
  compare(session, {196, 512, 512});
  compare(session, {49, 1024, 1024});
  compare(session, {2048, 2048, 2048});
}

const Registration registration(products);

}  // namespace

}  // namespace benchmarks
