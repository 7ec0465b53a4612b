"""Accuracy of the polynomial functions against mpmath, at the edges and over wide ranges."""

import mpmath
import numba
import numpy as np
import pytest

from backstop.kernels.machine import vecmath
from backstop.kernels.machine.mode import DISABLED

ULP_BOUND = 2.0
compiled = pytest.mark.skipif(DISABLED, reason="Python's forms round twice where the machine rounds once")


def over(function):
    """`function` of one number, applied to an array."""

    @numba.njit(error_model="numpy")
    def apply(x, out):
        for i in range(x.size):
            out[i] = function(x[i])

    def call(x):
        out = np.empty_like(x)
        apply(x, out)
        return out

    return call


log, exp = over(vecmath.log), over(vecmath.exp)
sine, cosine = over(vecmath.sine_of_quarters), over(vecmath.cosine_of_quarters)


@numba.njit(error_model="numpy")
def _power(x, e, out):
    for i in range(x.size):
        out[i] = vecmath.power(x[i], e[i])


def power(x, e):
    out = np.empty_like(x)
    _power(x, e, out)
    return out


def ulps(got, exact):
    """Largest distance from the exact values in units of the last place."""
    with mpmath.workdps(40):
        return max(
            float(abs(mpmath.mpf(float(g)) - e) / mpmath.mpf(float(np.spacing(abs(float(e))))))
            for g, e in zip(got, exact, strict=True)
        )


def spread(low, high, n=2000, seed=1):
    """Numbers of every size between two bounds."""
    return np.exp(np.random.default_rng(seed).uniform(np.log(low), np.log(high), n))


@compiled
@pytest.mark.parametrize(
    "x",
    [spread(1e-300, 1e300), spread(0.5, 2.0), 1.0 + spread(1e-16, 1e-3), 1.0 - spread(1e-16, 1e-3)],
    ids=["all sizes", "near one", "just above one", "just below one"],
)
def test_log_is_exact_to_the_last_places(x):
    with mpmath.workdps(40):
        assert ulps(log(x), [mpmath.log(mpmath.mpf(float(v))) for v in x]) <= ULP_BOUND


def test_log_of_one_is_zero_and_of_zero_far_below_any_price():
    assert log(np.array([1.0]))[0] == 0.0
    assert -710.0 < log(np.array([0.0]))[0] < -709.0


@compiled
@pytest.mark.parametrize("bound", [1e-3, 1.0, 700.0])
def test_exp_is_exact_to_the_last_places(bound):
    x = np.random.default_rng(2).uniform(-bound, bound, 2000)
    with mpmath.workdps(40):
        assert ulps(exp(x), [mpmath.exp(mpmath.mpf(float(v))) for v in x]) <= ULP_BOUND


def test_exp_is_one_at_zero_and_stays_finite_beyond_its_range():
    low, one, high = exp(np.array([-1e9, 0.0, 1e9]))
    assert 0.0 < low < 1e-300
    assert one == 1.0
    assert 1e300 < high < np.inf


@compiled
@pytest.mark.parametrize("exponent", [0.1, 0.5, 0.7, 1.0, 2.0, 4.0])
def test_power_is_exact_to_the_last_places(exponent):
    x = spread(1e-10, 1e6)
    with mpmath.workdps(40):
        exact = [mpmath.mpf(float(v)) ** mpmath.mpf(exponent) for v in x]
    assert ulps(power(x, np.full_like(x, exponent)), exact) <= ULP_BOUND


def test_a_power_of_zero_is_zero():
    assert power(np.zeros(3), np.array([0.5, 1.0, 3.0])).tolist() == [0.0, 0.0, 0.0]


@compiled
def test_quarter_waves_are_exact_to_the_last_places():
    near_zero = spread(1e-12, 1.0, 500)
    w = np.concatenate([np.random.default_rng(3).uniform(-1.0, 1.0, 2000), near_zero, 1.0 - near_zero])
    with mpmath.workdps(40):
        quarter = [mpmath.pi / 2 * mpmath.mpf(float(v)) for v in w]
        assert ulps(sine(w), [mpmath.sin(v) for v in quarter]) <= ULP_BOUND
        assert ulps(cosine(w), [mpmath.cos(v) for v in quarter]) <= ULP_BOUND


def test_functions_agree_with_numpy_in_either_form():
    x, w = spread(1e-6, 1e2, 200), np.random.default_rng(4).uniform(-1.0, 1.0, 200)
    np.testing.assert_allclose(log(x), np.log(x), rtol=1e-14, atol=1e-14)
    np.testing.assert_allclose(exp(x), np.exp(x), rtol=1e-13)
    np.testing.assert_allclose(power(x, np.full_like(x, 0.7)), x**0.7, rtol=1e-13)
    np.testing.assert_allclose(sine(w), np.sin(np.pi / 2 * w), atol=1e-14)
    np.testing.assert_allclose(cosine(w), np.cos(np.pi / 2 * w), atol=1e-14)


def test_quarter_waves_meet_their_ends():
    assert sine(np.array([0.0, 1.0, -1.0])).tolist() == [0.0, 1.0, -1.0]
    assert cosine(np.array([0.0, 1.0, -1.0])).tolist() == [1.0, 0.0, 0.0]


@compiled
@pytest.mark.parametrize("function", [vecmath.log, vecmath.exp, vecmath.sine_of_quarters, vecmath.cosine_of_quarters])
def test_functions_vectorise_without_a_call_into_libm(function):
    @numba.njit(error_model="numpy")
    def apply(x, out, n):
        for i in range(np.uint64(0), n):
            out[i] = function(x[i])

    x = np.ones(64)
    apply(x, np.ones(64), np.uint64(64))
    code = next(iter(apply.inspect_asm().values()))
    assert "%zmm" in code or "%ymm" in code
    assert "vgather" not in code
    for name in ("log", "exp", "sin", "cos", "pow"):
        assert f"movabsq\t${name}" not in code
