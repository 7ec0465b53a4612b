"""log, exp, powers and quarter waves as polynomials: branch-free, so that lane loops turn into vector code.

A libm call in a lane loop costs seven to nine times, and libm's results differ between CPUs; these are
arithmetic alone, with every fused multiply-add written out, so their bits are the same on every x86-64 CPU.
Polynomials are fitted at Chebyshev points with mpmath; `log` is fdlibm's ``e_log.c`` (Sun, 1993).
"""

import numpy as np

from backstop.kernels.machine.jit import bits_of, float_of, fma, inline, jit, rint

_MANTISSA_BITS = np.uint64(52)
_MANTISSA = np.uint64(0x000FFFFFFFFFFFFF)
_ROOT_HALF = np.uint64(0x3FE6A09E00000000)
"""Bits of sqrt(1/2), rounded: mantissas are taken from [sqrt(1/2), sqrt(2))."""
_TO_EXPONENT = np.uint64(0x3FF0000000000000 - 0x3FE6A09E00000000)
_WHOLE = np.uint64(0x4330000000000000)
"""Bits of 2**52: or-ed with a whole number below it, they are that number plus 2**52."""
_WHOLE_OFFSET = 2.0**52 + 1023.0

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_LOG2_E = 1.4426950408889634
_SMALLEST_EXPONENT, _LARGEST_EXPONENT = -708.0, 709.0
_TWO_52 = 2.0**52
_LOW_BITS = np.uint64(0xFFFFFFFF)


@inline
def index_of(x):
    """The whole number x, from 0 to below 2**32, as an index: it stands in the lowest bits of ``x + 2**52``."""
    return bits_of(x + _TWO_52) & _LOW_BITS


@jit
def split(x):
    """``x = m * 2**k`` with m in [sqrt(1/2), sqrt(2)) and k a float64, for x > 0.

    0 and subnormals count as numbers near ``2**-1023``.
    """
    shifted = bits_of(x) + _TO_EXPONENT
    m = float_of((shifted & _MANTISSA) + _ROOT_HALF)
    k = float_of((shifted >> _MANTISSA_BITS) | _WHOLE) - _WHOLE_OFFSET
    return m, k


@jit
def scale_of(n):
    """``2**n`` for a whole n in [-1022, 1023]."""
    return float_of(bits_of(n + _WHOLE_OFFSET) << _MANTISSA_BITS)


@jit
def log(x):
    """Natural logarithm of x > 0 within 1 ulp; of 0 and of subnormals about -709."""
    m, k = split(x)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    r = fma(z, 1.479819860511658591e-01, 1.531383769920937332e-01)
    r = fma(z, r, 1.818357216161805012e-01)
    r = fma(z, r, 2.222219843214978396e-01)
    r = fma(z, r, 2.857142874366239149e-01)
    r = fma(z, r, 3.999999999940941908e-01)
    r = z * fma(z, r, 6.666666666666735130e-01)
    half_square = 0.5 * f * f
    low = half_square - fma(s, half_square + r, k * _LN2_LOW)
    return fma(k, _LN2_HIGH, f - low)


@jit
def log2(x):
    """Logarithm to base 2 of x > 0 within 1e-15 of its size or of 1: what random radii need."""
    m, k = split(x)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    p = fma(z, 2.4291792583205285e-01, 2.6144410044781163e-01)
    p = fma(z, p, 3.2061639261217050e-01)
    p = fma(z, p, 4.1219840198678403e-01)
    p = fma(z, p, 5.7707801724670530e-01)
    p = fma(z, p, 9.6179669392433380e-01)
    p = fma(z, p, 2.8853900817779270e00)
    return fma(s, p, k)


@jit
def exp2(y):
    """``2**y`` for |y| < 1000, within 1e-15 of it."""
    n = rint(y)
    r = y - n
    p = fma(r, 7.0725859492692230e-09, 1.0208690299958306e-07)
    p = fma(r, p, 1.3215442587921690e-06)
    p = fma(r, p, 1.5252657260200837e-05)
    p = fma(r, p, 1.5403530447336050e-04)
    p = fma(r, p, 1.3333558230164974e-03)
    p = fma(r, p, 9.6181291076068880e-03)
    p = fma(r, p, 5.5504108664447720e-02)
    p = fma(r, p, 2.4022650695910097e-01)
    p = fma(r, p, 6.9314718055995000e-01)
    p = fma(r, p, 1.0)
    return p * scale_of(n)


@jit
def exp(x):
    """``e**x`` within 1 ulp; x is clamped to [-708, 709], where results are neither 0 nor infinite."""
    x = min(max(x, _SMALLEST_EXPONENT), _LARGEST_EXPONENT)
    n = rint(x * _LOG2_E)
    r = fma(-n, _LN2_LOW, fma(-n, _LN2_HIGH, x))
    q = fma(r, 2.5100424157005067e-08, 2.7620138719733994e-07)
    q = fma(r, q, 2.7557268378684192e-06)
    q = fma(r, q, 2.4801521190217729e-05)
    q = fma(r, q, 1.9841269863105968e-04)
    q = fma(r, q, 1.3888888917281794e-03)
    q = fma(r, q, 8.3333333333300513e-03)
    q = fma(r, q, 4.1666666666623990e-02)
    q = fma(r, q, 1.6666666666666669e-01)
    q = fma(r, q, 0.5)
    return fma(r * r, q, r) * scale_of(n) + scale_of(n)


@jit
def _log_in_two(x):
    """``log(x)`` as an unevaluated sum of two numbers, good to about 2**-59 of it."""
    m, k = split(x)
    f, d = m - 1.0, m + 1.0
    inverse = 1.0 / d
    s = f * inverse
    # what rounding took from s: f - s * (1 + m), with the part of 1 + m that d lost
    s_low = inverse * (fma(-s, d, f) - s * (m - (d - 1.0)))
    z = s * s
    q = fma(z, 1.3086743139119072e-01, 1.3268761951330021e-01)
    q = fma(z, q, 1.5386240120567020e-01)
    q = fma(z, q, 1.8181795632452163e-01)
    q = fma(z, q, 2.2222222391785800e-01)
    q = fma(z, q, 2.8571428570803290e-01)
    q = fma(z, q, 4.0000000000000880e-01)
    q = fma(z, q, 6.6666666666666663e-01)
    whole, twice = k * _LN2_HIGH, s + s
    high = whole + twice
    rest = fma(s * z, q, fma(k, _LN2_LOW, s_low + s_low)) + (twice - (high - whole))
    total = high + rest
    return total, rest - (total - high)


@jit
def power(x, e):
    """``x**e`` for x >= 0 and e > 0 within 2 ulp where ``|e log x| < 100``; 0 for x = 0."""
    high, low = _log_in_two(x)
    y = e * high
    y_low = fma(e, low, fma(e, high, -y))
    result = exp(y)
    return fma(result, y_low, result) if x > 0.0 else 0.0


@jit
def sine_of_quarters(w):
    """``sin(pi/2 * w)`` for |w| <= 1, within 2 ulp.

    For w uniform on (-1, 1) it has the law of ``cos(2 pi V)``, and needs no range reduction.
    """
    t = w * w
    p = fma(t, 5.8729757447999500e-12, -6.6844168318560850e-10)
    p = fma(t, p, 5.6921364280986254e-08)
    p = fma(t, p, -3.5988430204672576e-06)
    p = fma(t, p, 1.6044118471309160e-04)
    p = fma(t, p, -4.6817541353042550e-03)
    p = fma(t, p, 7.9692626246165650e-02)
    p = fma(t, p, -6.4596409750624620e-01)
    return fma(w, fma(t, p, 0.5707963267948966), w)


@jit
def cosine_of_quarters(w):
    """``cos(pi/2 * w)`` for |w| <= 1, within 2 ulp: ``(1 - w**2) (1 + w**2 p(w**2))``."""
    t = w * w
    p = fma(t, 5.1251493529553550e-13, -6.5111755357750440e-11)
    p = fma(t, p, 6.3214510177022520e-09)
    p = fma(t, p, -4.6476599976753420e-07)
    p = fma(t, p, 2.4737276362453970e-05)
    p = fma(t, p, -8.9452299847449990e-04)
    p = fma(t, p, 1.9968957764878174e-02)
    p = fma(t, p, -2.3370055013616983e-01)
    return fma(-w, w, 1.0) * fma(t, p, 1.0)
