"""Volatility that reads the price as sales have moved it, by hand."""

import numpy as np
import pytest

from backstop.kernels.state import open_arm
from backstop.kernels.step import run_arm
from backstop.terms import FeedbackTerms
from small_arm import small_arm

SIGMA = 0.01
DAYS = 4


def feedback(n=1, **given):
    """One recursion of variance, up 0.1, down 0.2, beta 0.5, no drift, no scale."""
    values = {"is_fed": 1, "power": 2.0, "up": 0.1, "down": 0.2, "beta": 0.5, "factor": -1, "factor_beta": 0.0,
              "drift": 0.0, "scale": 1.0, "shock": 0.0} | given
    whole = {"is_fed", "factor"}
    daily = {"drift", "scale", "shock"}
    return FeedbackTerms(**{
        name: np.ascontiguousarray(np.broadcast_to(np.array(value, dtype=np.int64 if name in whole else np.float64),
                                                   (DAYS, n) if name in daily else (n,)))
        for name, value in values.items()})


def seam_after(returns, n_assets=1, terms=None, sells=True, **prices):
    """The seam that an arm leaves, (T, J) returns and volatilities, and its state; half is asked back on day 1."""
    asked = {"base_rate": 0.5, "notice_days": 1, "horizon_days": 1} if sells else {}
    arm = small_arm(n_assets=n_assets, prices={"feedback": terms or feedback(n_assets), "adv": 1e6, "kappa": 1.0,
                                               "impact_volatility": SIGMA} | prices, investors=asked)
    log_return = np.repeat(np.array(returns, dtype=np.float64)[:, None, None], n_assets, axis=1)
    volatility = np.full_like(log_return, SIGMA)
    state = open_arm(arm, 1)
    run_arm(arm, state, log_return, volatility, 0, len(returns), 1)
    return log_return[:, :, 0], volatility[:, :, 0], state


def test_where_nothing_is_sold_the_arm_has_the_seams_market():
    returns = [0.01, -0.02, 0.015, -0.01]
    x, sigma, _ = seam_after(returns, sells=False)
    np.testing.assert_allclose(x[:, 0], returns, rtol=1e-14)
    np.testing.assert_allclose(sigma[:, 0], SIGMA, rtol=1e-14)


def test_a_price_that_sales_push_down_lifts_the_variance_of_the_next_day_and_its_return_with_it():
    x, sigma, state = seam_after([0.0, -0.01, 0.01])
    # on day 2 half of the fund is sold: 0.5 of a day's volume at 0.99, half a daily volatility
    fall = 0.5 * 0.99 * SIGMA
    variance = SIGMA**2 + 0.2 * ((0.01 + fall) ** 2 - 0.01**2)
    assert sigma[1, 0] == pytest.approx(SIGMA)
    assert sigma[2, 0] == pytest.approx(np.sqrt(variance), rel=1e-5)
    assert x[2, 0] == pytest.approx(0.01 * np.sqrt(variance) / SIGMA, rel=1e-5)
    assert float(state.prices.return_change[0, 0]) == pytest.approx(x[2, 0] - 0.01, rel=1e-12)


def test_the_excess_fades_by_beta():
    _, sigma, _ = seam_after([0.0, -0.01, 0.0, 0.0], sells=True, decay=1.0, adv=1e9, kappa=1000.0)
    third, fourth = sigma[2:, 0] ** 2 - SIGMA**2
    assert fourth > 0.5 * third > 0.0


def test_what_a_scenario_adds_to_a_day_is_not_scaled():
    x, sigma, _ = seam_after([0.0, -0.01, -0.03], terms=feedback(drift=-0.005, shock=[[0.0], [0.0], [-0.02], [0.0]]))
    # of -0.03, 0.005 is drift and 0.02 the scenario's: 0.005 was drawn
    assert x[2, 0] + 0.03 == pytest.approx(-0.005 * (sigma[2, 0] / SIGMA - 1.0), rel=1e-9)
    assert sigma[2, 0] > SIGMA


def test_volatility_itself_may_be_what_the_recursion_is_in():
    _, sigma, _ = seam_after([0.0, -0.01, 0.0], terms=feedback(power=1.0))
    assert sigma[2, 0] == pytest.approx(SIGMA + 0.2 * 0.5 * 0.99 * SIGMA, rel=1e-5)


def test_an_asset_that_follows_moves_with_its_factor():
    terms = feedback(2, is_fed=[1, 0], factor=[-1, 0], factor_beta=[0.0, 2.0])
    x, sigma, _ = seam_after([0.0, -0.01, 0.01], n_assets=2, terms=terms)
    assert x[2, 1] - 0.01 == pytest.approx(2.0 * (x[2, 0] - 0.01), rel=1e-9)
    assert sigma[2, 1] ** 2 - SIGMA**2 == pytest.approx(4.0 * (sigma[2, 0] ** 2 - SIGMA**2), rel=1e-9)
