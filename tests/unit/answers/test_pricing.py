"""Prices of cover against closed forms."""

import math

import numpy as np
import pytest
from scipy import stats

from backstop.answers.gather import Gathered
from backstop.answers.pricing import Terms, columns_of, price_cover
from backstop.runs.request import RunRequest
from toy_run import toy_terms

N = 40_000
TERMS = Terms(years=2.0, covered_nav=1e6, cash_rate=0.02, risk_aversion=3.0, layers=("first", "second"))
DISCOUNT = 1.02**-2


def gathered(**columns):
    found = Gathered(RunRequest(toy_terms(), seed=1, n_paths=N), columns_of(TERMS.layers), ())
    for name, values in found.paths.items():
        values[:] = 0.0
        values[1] = columns.get(name, 0.0)
    return found


def within(estimate, expected):
    """Within four standard errors, twice the half-width."""
    return abs(estimate.value - expected) < 2.05 * (estimate.upper - estimate.value)


def test_the_fair_premium_is_the_mean_of_a_compound_loss():
    rng = np.random.default_rng(3)
    claims = rng.poisson(0.4, N)
    loss = np.array([rng.exponential(500.0, n).sum() for n in claims])
    price = price_cover(gathered(loss=loss), 1, np.ones(N), TERMS)
    assert within(price.expected_loss, 0.4 * 500.0 / 2.0)
    assert within(price.fair_premium, 0.4 * 500.0 / 2.0 / 1e6)
    # compound Poisson: variance lambda E[X^2]
    error = math.sqrt(0.4 * 2.0 * 500.0**2 / N)
    assert price.budget_cost.upper - price.budget_cost.value == pytest.approx(1.96 * error * DISCOUNT, rel=0.05)


def test_marked_losses_count_and_interest_and_premiums_pay_for_some():
    found = gathered(loss=100.0, marked_loss_end=20.0, interest_paid=50.0, premiums=30.0)
    price = price_cover(found, 1, np.ones(N), TERMS)
    assert (price.expected_loss.value, price.interest.value, price.implied_subsidy.value) == (60.0, 25.0, 20.0)
    assert price.budget_cost.value == pytest.approx(120.0 * DISCOUNT)
    assert price.premium_charged.value == pytest.approx(15e-6)


def test_a_pool_whose_income_pays_for_its_funding_costs_nothing():
    # 150 funded at 2.5 %, half of it idle at 1.5 %, half lent at 3.5 %, for two years
    idle, lent = 2.0 * 75.0 * 0.015, 2.0 * 75.0 * 0.035
    found = gathered(funding_cost_first=2.0 * 150.0 * 0.025, gain_owners=idle + lent)
    assert price_cover(found, 1, np.ones(N), TERMS).cost.value == pytest.approx(0.0)


def test_what_layers_lose_and_a_sale_would_not_recover_costs_and_marks_have_their_sign():
    found = gathered(gain_pool_first=-10.0, gain_pool_second=-2.0, gain_taxpayer=-1.0, unrecovered_end=5.0)
    assert price_cover(found, 1, np.ones(N), TERMS).cost.value == 9.0
    assert price_cover(gathered(gain_owners=4.0), 1, np.ones(N), TERMS).cost.value == -2.0


def test_a_loss_in_falling_markets_costs_what_the_tilted_normal_says():
    spread, mean, strike = 0.3, 0.05, -0.4
    log_end = np.random.default_rng(4).normal(mean, spread, N)
    price = price_cover(gathered(loss=1000.0 * (log_end < strike)), 1, np.exp(log_end), TERMS)
    # under exp(-gamma R) a normal R keeps its variance and loses gamma times it in mean
    assert within(price.budget_cost, 1000.0 * stats.norm.cdf((strike - mean) / spread) * DISCOUNT)
    tilted = stats.norm.cdf((strike - mean + 3.0 * spread**2) / spread)
    assert within(price.risk_adjusted_cost, 1000.0 * tilted * DISCOUNT)
    assert within(price.risk_adjusted_premium, 1000.0 * tilted / 2e6)
    assert (1.0 + price.equity_premium) ** 2 == pytest.approx(math.exp(3.0 * spread**2), rel=0.05)
    expected = price.budget_cost.value / DISCOUNT
    assert expected * (1.0 + price.risk_adjusted_rate) ** -2 == pytest.approx(price.risk_adjusted_cost.value)
    assert price.risk_adjusted_rate < 0.02


def test_without_aversion_or_with_a_loss_that_knows_no_market_risk_has_no_price():
    loss = np.random.default_rng(5).exponential(10.0, N)
    end = np.exp(np.random.default_rng(6).normal(0.0, 0.3, N))
    neutral = price_cover(gathered(loss=loss), 1, end, TERMS._replace(risk_aversion=0.0))
    assert neutral.risk_adjusted_cost.value == pytest.approx(neutral.budget_cost.value)
    assert neutral.equity_premium == pytest.approx(0.0, abs=1e-12)
    averse = price_cover(gathered(loss=loss), 1, end, TERMS)
    assert within(averse.risk_adjusted_cost, 10.0 * DISCOUNT)


def test_without_a_loss_there_is_no_rate():
    assert price_cover(gathered(), 1, np.ones(N), TERMS).risk_adjusted_rate is None
