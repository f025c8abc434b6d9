#include <cblas.h>

#include "../harness.hpp"
#include "../values.hpp"

namespace benchmarks {

namespace {

// OPENBLAS_CORETYPE, read when the library is loaded, chooses its kernels; ./run bench sets it
// where OpenBLAS would not use what the CPU has.
const Registration openblas("openblas",
                            [](const Workload& workload, int) -> std::vector<Contender> {
                              const auto* p = std::get_if<Product>(&workload.task);
                              if (!p) return {};
                              const auto m = static_cast<blasint>(p->m),
                                         k = static_cast<blasint>(p->k);
                              const auto n = static_cast<blasint>(p->n);
                              const Values a(p->m * p->k), b(p->k * p->n), c(p->m * p->n);
                              return {{"openblas", [=] {
                                         cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m,
                                                     n, k, 1.f, a.data(), k, b.data(), n, 0.f,
                                                     c.data(), n);
                                       }}};
                            });

}  // namespace

}  // namespace benchmarks
