#pragma once

/// Included before any header of Highway. Kept out: SSE4, which has nothing for our kernels that
/// SSSE3 lacks, and vectors without a compile-time size, of which there are no arrays (SVE machines
/// run the NEON code). The sanitizer build, slow to compile, does with no vectors and the widest.
#undef HWY_DISABLED_TARGETS
#ifdef KERATIN_FEW_TARGETS
#define KERATIN_SKIPPED_TARGETS (HWY_SSSE3 | HWY_AVX2)
#else
#define KERATIN_SKIPPED_TARGETS 0
#endif
#define HWY_DISABLED_TARGETS \
  (KERATIN_SKIPPED_TARGETS | HWY_SSE4 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

/// Unrolls the whole of the loop that follows, whose bounds are constants.
#if defined(KERATIN_FEW_TARGETS)
#define KERATIN_UNROLL
#elif defined(__clang__)
#define KERATIN_UNROLL _Pragma("clang loop unroll(full)")
#else
#define KERATIN_UNROLL _Pragma("GCC unroll 16")
#endif
