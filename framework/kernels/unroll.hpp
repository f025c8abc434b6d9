#pragma once

/// Unrolls the loop that follows completely, so that an array of vectors stays in registers.
#if defined(__clang__)
#define KERATIN_UNROLL(count) _Pragma("unroll")
#elif defined(__GNUC__)
#define KERATIN_PRAGMA(text) _Pragma(#text)
#define KERATIN_UNROLL(count) KERATIN_PRAGMA(GCC unroll count)
#else
#define KERATIN_UNROLL(count)
#endif
