// Arithmetic on vectors of lanes: conditions, bounds, rounding, exp and log.
#pragma once

#include <cmath>
#include <cstdint>

#include "lanes.hpp"

namespace {

STEP V all(double x) { return V{} + x; }
STEP V all(V x) { return x; }
template <class A, class B>
STEP V select(M m, A a, B b) { return m ? all(a) : all(b); }
STEP V flag(M m) { return select(m, 1.0, 0.0); }
STEP V most(V a, V b) { return a > b ? a : b; }
STEP V most(V a, double b) { return most(a, all(b)); }
STEP V least(V a, V b) { return a < b ? a : b; }
STEP V least(V a, double b) { return least(a, all(b)); }
STEP V clip(V x, double low, double high) { return least(most(x, low), high); }
STEP V size_of(V x) { return most(x, -x); }

STEP V floor_of(V x) {
  for (int lane = 0; lane < kWidth; lane++) x[lane] = std::floor(x[lane]);
  return x;
}

STEP V round_of(V x) {
  for (int lane = 0; lane < kWidth; lane++) x[lane] = std::rint(x[lane]);
  return x;
}

STEP bool any(M m) {
  int64_t found = 0;
  for (int lane = 0; lane < kWidth; lane++) found |= m[lane];
  return found != 0;
}

// e**x for |x| < 700, within 1 ulp or so; pairs of pairs (Estrin) make the chain short.
STEP V exp_of(V x) {
  constexpr double c[] = {0.5, 1.6666666666666669e-01, 4.1666666666623990e-02, 8.3333333333300513e-03,
                          1.3888888917281794e-03, 1.9841269863105968e-04, 2.4801521190217729e-05,
                          2.7557268378684192e-06, 2.7620138719733994e-07, 2.5100424157005067e-08};
  V k = round_of(x * 1.4426950408889634), r = x - k * 6.93147180369123816490e-01 - k * 1.90821492927058770002e-10;
  V r2 = r * r, r4 = r2 * r2;
  V low = (r * c[3] + c[2]) * r2 + (r * c[1] + c[0]), middle = (r * c[7] + c[6]) * r2 + (r * c[5] + c[4]);
  V high = (r * c[9] + c[8]) * r4 + middle, scale = (V)((M)(k + (0x1p52 + 1023.0)) << 52);
  return (r2 * (high * r4 + low) + r) * scale + scale;
}

// log x for a normal x > 0, within 1 ulp or so (fdlibm, Sun 1993).
STEP V log_of(V x) {
  constexpr double c[] = {6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01,
                          2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01,
                          1.479819860511658591e-01};
  constexpr int64_t root_half = 0x3FE6A09E00000000;
  M shifted = (M)x + (0x3FF0000000000000 - root_half);  // a mantissa from sqrt(1/2) to sqrt(2)
  V f = (V)((shifted & 0x000FFFFFFFFFFFFF) + root_half) - 1.0;
  V k = (V)((shifted >> 52) | 0x4330000000000000) - (0x1p52 + 1023.0);
  V s = f / (f + 2.0), half_square = 0.5 * f * f, z = s * s, z2 = z * z;
  V low = (z * c[3] + c[2]) * z2 + (z * c[1] + c[0]), high = (z2 * c[6] + (z * c[5] + c[4])) * (z2 * z2);
  V rest = half_square - (s * (half_square + z * (low + high)) + k * 1.90821492927058770002e-10);
  return k * 6.93147180369123816490e-01 + (f - rest);
}

void fill(Row& row, double value) {
  for (V& each : row.at) each = all(value);
}

}  // namespace
