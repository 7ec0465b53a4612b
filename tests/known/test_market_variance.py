"""Known answers on the variance and kurtosis of paths, and on their drawdowns; closed forms, 4 standard errors."""

import numpy as np
import pytest

from markets import GARCH, NORMAL, STILL, asset, resolved, simulate, student_t

LANES, SEED = 20_000, 20_260_101


def paths(volatility, innovation, days, lanes=LANES, **more):
    """Returns and volatilities (T, L) of one asset."""
    return (
        array[:, 0] for array in simulate(resolved(asset("a", volatility, innovation), days=days, **more), lanes, SEED)
    )


def assert_mean(sample, expected):
    error = np.std(sample) / np.sqrt(sample.size)
    assert abs(np.mean(sample) - expected) < 4.0 * error, (np.mean(sample), expected, error)


def moments_of_sum(days, h1, k, omega=0.02, alpha=0.08, beta=0.90):
    """Variance and fourth moment of a sum of GARCH(1,1) returns whose shocks have kurtosis k."""
    p, c, a2 = alpha + beta, alpha * k + beta, alpha**2 * k + 2.0 * alpha * beta + beta**2
    r2 = r4 = r2h = 0.0
    h, h2 = h1, h1**2
    for _ in range(days):
        r4 += 6.0 * r2h + k * h2
        r2, r2h = r2 + h, omega * (r2 + h) + p * r2h + c * h2
        h, h2 = omega + p * h, omega**2 + 2.0 * omega * p * h + a2 * h2
    return r2, r4


@pytest.mark.parametrize(
    ("days", "h1", "variance", "kurtosis"), [(10, 1.0, 10.0, 3.5226618250), (60, 4.0, 165.3670285962, 4.0556230366)]
)
def test_sums_of_garch_returns_have_their_kurtosis(days, h1, variance, kurtosis):
    r2, r4 = moments_of_sum(days, h1, k=3.0)
    assert (r2, r4 / r2**2) == pytest.approx((variance, kurtosis), rel=1e-10)
    log_return, _ = paths(GARCH | {"start": h1}, NORMAL, days)
    total = log_return.sum(axis=0)
    assert_mean(total**2, r2)
    assert_mean(total**4, r4)


def test_student_t_shocks_make_the_sums_kurtosis_larger():
    nu = 12.0
    r2, r4 = moments_of_sum(10, 1.0, k=3.0 * (nu - 2.0) / (nu - 4.0))
    total = next(paths(GARCH, student_t(nu), 10, lanes=100_000)).sum(axis=0)
    assert_mean(total**2, r2)
    assert_mean(total**4, r4)


def test_variance_returns_from_four_times_its_level():
    _, volatility = paths(GARCH | {"start": 4.0}, NORMAL, 60)
    np.testing.assert_allclose(volatility[0] ** 2, 4.0)
    assert pytest.approx(3.04370, abs=5e-6) == 1.0 + 3.0 * 0.98**19
    assert_mean(volatility[19] ** 2, 1.0 + 3.0 * 0.98**19)
    assert pytest.approx(1.91088, abs=5e-6) == 1.0 + 3.0 * 0.98**59
    assert_mean(volatility[59] ** 2, 1.0 + 3.0 * 0.98**59)


def test_squares_of_returns_hang_together():
    log_return, _ = paths(GARCH, NORMAL, 11)
    omega, alpha, beta = GARCH["omega"], GARCH["alpha"][0], GARCH["beta"][0]
    next_day = omega + 3.0 * alpha + beta
    assert_mean(log_return[0] ** 2 * log_return[1] ** 2, next_day)
    assert_mean(log_return[0] ** 2 * log_return[10] ** 2, 1.0 + (next_day - 1.0) * (alpha + beta) ** 9)


def test_symmetric_gjr_has_its_kurtosis():
    alpha, gamma, beta, k = 0.02, 0.04, 0.85, 3.0
    a1 = alpha + gamma / 2.0 + beta
    a2 = k * (alpha**2 + alpha * gamma + gamma**2 / 2.0) + 2.0 * beta * (alpha + gamma / 2.0) + beta**2
    gjr = {"model": "gjr", "omega": 1.0 - a1, "alpha": (alpha,), "gamma": (gamma,), "beta": (beta,)}
    log_return, _ = paths(gjr, NORMAL, 150)
    assert_mean(log_return[-1] ** 2, 1.0)
    assert_mean(log_return[-1] ** 4, k * (1.0 - a1**2) / (1.0 - a2))


@pytest.mark.parametrize("nu", [0.0, 5.0])
def test_egarch_returns_to_its_level(nu):
    omega, alpha, gamma, beta = -0.1, 0.15, -0.08, 0.9
    # E|z| of a Student-t of unit variance and nu = 5 is 4 / (sqrt(3) pi)
    size = np.sqrt(2.0 / np.pi) if nu == 0.0 else 4.0 / (np.sqrt(3.0) * np.pi)
    egarch = {"model": "egarch", "omega": omega, "alpha": (alpha,), "gamma": (gamma,), "beta": (beta,)}
    _, volatility = paths(egarch | {"start": 3.0}, student_t(nu) if nu else NORMAL, 200)
    assert_mean(2.0 * np.log(volatility[-1]), (omega + alpha * (size - np.sqrt(2.0 / np.pi))) / (1.0 - beta))


def test_drawdowns_of_log_brownian_paths():
    year = STILL | {"omega": 0.25**2 / 250.0}
    level = np.cumsum(next(paths(year, NORMAL, 250)), axis=0)
    peak = np.maximum.accumulate(np.maximum(level, 0.0), axis=0)
    deepest = (peak - level).max(axis=0)
    assert_mean((deepest >= 0.3).astype(float), 0.40618)
    assert_mean((level.min(axis=0) <= -0.3).astype(float), 0.21637)
