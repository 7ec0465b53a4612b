"""The standard normal law in closed form, as arithmetic alone, so that lane loops stay vector code."""

from backstop.kernels.machine.jit import fma, jit
from backstop.kernels.machine.vecmath import exp

_MIDDLE = 4.0
"""The size of z that the polynomial's variable ``(|z| - 4) / (|z| + 4)`` takes to 0."""
_FARTHEST = 9.0
"""From here on the tail is below 1e-19: nothing."""


@jit
def mean_above(z):
    """``E max(0, z - N) = z Phi(z) + phi(z)`` for N standard normal, within 2e-16 of 1 or of z.

    ``phi(z) - |z| Phi(-|z|)``, what the far side adds, is phi times a polynomial, fitted with mpmath.
    """
    x = min(max(z, -z), _FARTHEST)
    t = (x - _MIDDLE) / (x + _MIDDLE)
    p = fma(t, -3.884571790995525e-08, -3.006433103003764e-07)
    p = fma(t, p, -8.194788397891609e-07)
    p = fma(t, p, -2.135118394600715e-07)
    p = fma(t, p, 3.3395404058430725e-06)
    p = fma(t, p, 2.6439095585670534e-06)
    p = fma(t, p, -1.7929787732432856e-05)
    p = fma(t, p, -1.66271065574703e-05)
    p = fma(t, p, 0.00011649894269687349)
    p = fma(t, p, 4.887593704661931e-05)
    p = fma(t, p, -0.0008820809910989854)
    p = fma(t, p, 0.0009244369566532917)
    p = fma(t, p, 0.005509940642658577)
    p = fma(t, p, -0.026428192964039112)
    p = fma(t, p, 0.06306264153504067)
    p = fma(t, p, -0.10030777139121323)
    p = fma(t, p, 0.11037962061483159)
    p = fma(t, p, -0.07369424422193019)
    p = fma(t, p, 0.021299715193556945)
    return fma(exp(-0.5 * x * x), p, max(z, 0.0))
