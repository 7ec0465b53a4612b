// What one instruction works on, and a condition on each of its lanes; a row of a tile is a few of these.
//
// They are the language's own vectors, since the compiler's vectoriser gives up on loops as long as those of the steps.
#pragma once

#include <cstdint>

#include "sizes.hpp"

#define STEP __attribute__((always_inline)) inline
#define LANES _Pragma("GCC unroll 1") for (int i = 0; i < N; i++)
#define EACH_ASSET _Pragma("GCC unroll 64") for (int j = 0; j < J; j++)
#define EACH_FUND _Pragma("GCC unroll 64") for (int f = 0; f < F; f++)

namespace {

#ifdef __AVX512F__
constexpr int kWidth = 8;
#else
constexpr int kWidth = 4;
#endif
constexpr int N = T / kWidth;
typedef double V __attribute__((vector_size(kWidth * sizeof(double))));
typedef int64_t M __attribute__((vector_size(kWidth * sizeof(double))));
static_assert(T % kWidth == 0, "a tile is whole vectors");

struct Row {
  V at[N];
  V& operator[](int i) { return at[i]; }
  const V& operator[](int i) const { return at[i]; }
  double* lanes() { return reinterpret_cast<double*>(at); }
  const double* lanes() const { return reinterpret_cast<const double*>(at); }
};

}  // namespace
