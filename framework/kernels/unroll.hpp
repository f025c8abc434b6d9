#pragma once

/// Unrolls the loop that follows completely, so that an array of vectors stays in registers.
#if defined(__clang__)
#define KERATIN_UNROLL _Pragma("unroll")
#elif defined(__GNUC__)
#define KERATIN_UNROLL _Pragma("GCC unroll 16")
#else
#define KERATIN_UNROLL
#endif
