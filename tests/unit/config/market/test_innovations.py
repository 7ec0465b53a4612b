"""Standardised distributions: against arch where it has them, against quadrature where it has not."""

import numpy as np
import pytest
from scipy.integrate import quad

from backstop.config.market.innovations import Innovation

LAWS = [Innovation("normal"), Innovation("student-t", 4.5), Innovation("student-t", 30.0),
        Innovation("skew-t", 5.0, -0.3), Innovation("skew-t", 8.0, 0.45), Innovation("ged", 1.2),
        Innovation("ged", 2.5)]
named = pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law.distribution}-{law.nu:g}-{law.skew:g}")
Z = np.array([-6.0, -2.3, -1.0, -0.1, 0.0, 0.4, 1.7, 5.0])


def of_arch(law):
    from arch import univariate as arch

    made = {"normal": arch.Normal, "student-t": arch.StudentsT, "skew-t": arch.SkewStudent,
            "ged": arch.GeneralizedError}[law.distribution]()
    shape = {"normal": (), "skew-t": (law.nu, law.skew)}.get(law.distribution, (law.nu,))
    return made, np.array(shape) if shape else None


def density(law, z):
    made, shape = of_arch(law)
    return float(np.exp(made.loglikelihood([] if shape is None else shape, np.array([z]), np.ones(1))))


@named
def test_cdf_and_its_inverse_are_those_of_arch(law):
    made, shape = of_arch(law)
    np.testing.assert_allclose(law.cdf(Z), made.cdf(Z, shape), rtol=1e-10, atol=1e-16)
    u = np.array([1e-6, 0.01, 0.2, 0.5, 0.51, 0.975])
    np.testing.assert_allclose(law.ppf(u), made.ppf(u, shape), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(law.cdf(law.ppf(u)), u, rtol=1e-10)


@named
def test_lower_mean_is_the_integral_of_z(law):
    for z in (-2.0, -0.5, 0.3):
        expected = quad(lambda x: x * density(law, x), -np.inf, z, limit=200)[0]
        assert law.lower_mean(z) == pytest.approx(expected, rel=1e-6)
    assert law.lower_mean(1e4) == pytest.approx(0.0, abs=1e-8)


@named
@pytest.mark.parametrize("power", [1.0, 1.7, 2.0])
def test_half_moments_are_the_integrals_of_absolute_powers(law, power):
    def integral(low, high):
        return quad(lambda x: abs(x)**power * density(law, x), low, high, limit=200)[0]

    left, right = law.half_moments(power)
    assert left == pytest.approx(integral(-np.inf, 0), rel=1e-6)
    assert right == pytest.approx(integral(0, np.inf), rel=1e-6)
    if power == 2.0:
        assert left + right == pytest.approx(1.0, rel=1e-8)


@pytest.mark.parametrize("law", [Innovation("student-t", 3.0), Innovation("skew-t", 3.0, 0.1)])
def test_moments_that_do_not_exist_are_infinite(law):
    assert law.half_moments(3.0) == (np.inf, np.inf)
