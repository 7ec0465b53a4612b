"""The normal law's closed form against mpmath."""

import mpmath
import numba
import numpy as np

from backstop.kernels.machine.normal import mean_above


@numba.njit(error_model="numpy")
def _apply(z, out):
    for i in range(z.size):
        out[i] = mean_above(z[i])


def mean(z):
    out = np.empty_like(z)
    _apply(z, out)
    return out


def exact(z):
    with mpmath.workdps(40):
        z = mpmath.mpf(float(z))
        return float(z * mpmath.ncdf(z) + mpmath.npdf(z))


def test_the_mean_above_is_exact_to_the_last_places():
    sizes = np.exp(np.random.default_rng(1).uniform(-25.0, 4.0, 1000))
    z = np.concatenate([sizes, -sizes, np.linspace(-10.0, 10.0, 401)])
    known = np.array([exact(v) for v in z])
    assert np.max(np.abs(mean(z) - known) / np.maximum(1.0, np.abs(z))) < 4e-16


def test_far_from_the_middle_it_is_nothing_or_the_distance():
    below, above = mean(np.array([-1e12, 1e12]))
    assert 0.0 <= below < 1e-18
    assert above == 1e12
