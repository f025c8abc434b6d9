#pragma once

/// Included before any header of Highway. Kept out: SSE4, which has nothing for our kernels that
/// SSSE3 lacks, and vectors without a compile-time size, of which there are no arrays (SVE machines
/// run the NEON code).
#undef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SSE4 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

/// Unrolls the whole of the loop that follows, whose bounds are constants.
#if defined(__clang__)
#define KERATIN_UNROLL _Pragma("clang loop unroll(full)")
#else
#define KERATIN_UNROLL _Pragma("GCC unroll 16")
#endif
