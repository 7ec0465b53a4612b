"""When the response to pressure feeds on itself, against the rule for one cohort and one asset."""

import numpy as np
import pytest

from ashare import config_with, resolved
from backstop.config.funds.stability import daily_factor, feedback_of, response_findings
from small_arm import small_arm

ONE_YEAR = {"is_on": 1, "rung_weight": [[1.0]], "rung_samples": [[12]], "threshold": 0.0, "floor": -0.1}


def arm_with(kappa, cut=0.5, speed=0.1, **evaluation):
    """A fund all at risk that is ten days' volume: by a linear law of 1 % a day it loses a tenth, times kappa."""
    prices = {"kappa": kappa, "impact_volatility": 0.01, "adv": 1e5, "exponent": 1.0}
    return small_arm(prices=prices, evaluation=ONE_YEAR | {"cut": cut, "speed": speed} | evaluation)


@pytest.mark.parametrize(("kappa", "cut", "speed"), [
    (1.0, 0.5, 0.1), (3.0, 0.5, 0.1), (1.0, -0.5, 0.9), (30.0, -0.5, 0.9)])
def test_one_cohort_is_stable_as_the_rule_says(kappa, cut, speed):
    # pressure rises by 10 for a fall of 1, and all that is sold costs a tenth, times kappa
    arm, feedback = arm_with(kappa, cut, speed), cut * 10.0 * 0.1 * kappa
    assert feedback_of(arm) == pytest.approx(max(feedback, 0.0))
    is_stable = feedback < 1.0 and speed * (1.0 - feedback) < 2.0
    assert (daily_factor(arm) < 1.0) == is_stable


def test_a_cohort_whose_scores_differ_presses_less_at_once():
    # half the range is one standard deviation of scores: 68 % of the slope
    assert feedback_of(arm_with(1.0, dispersion=0.05)) == pytest.approx(0.5 * 0.6826895)


def test_a_market_of_next_to_no_volume_has_a_finite_feedback():
    none = small_arm(prices={"kappa": 1.0, "impact_volatility": 0.01, "adv": 1e-300, "exponent": 1.0},
                     evaluation=ONE_YEAR | {"cut": 0.5, "speed": 0.1})
    assert 1.0 < feedback_of(none) < np.inf
    assert 1.0 < daily_factor(none) < np.inf


def test_cohorts_press_each_other():
    funds = {"units_open": [[1e6], [1e6]]}
    evaluation = ONE_YEAR | {"rung_weight": [[1.0], [1.0]], "rung_samples": 12, "cut": 0.5}
    arm = small_arm(n_funds=2, funds=funds, prices={"kappa": 1.0, "impact_volatility": 0.01, "adv": 1e5},
                    evaluation=evaluation)
    # together they are twenty days' volume, and each feels what both sell
    assert feedback_of(arm) == pytest.approx(1.0)


def test_nobody_who_responds_is_stable():
    assert daily_factor(small_arm()) == feedback_of(small_arm()) == 0.0


def test_what_is_not_stable_is_said_once_with_a_remedy():
    terms = resolved()
    assert response_findings(config_with(), terms) == ()
    wild = ["funds.technology-funds.evaluation.risk_cut_frac=1.0", "market.assets.technology.trading.impact.kappa=60.0"]
    found = response_findings(config_with(*wild), resolved(*wild))
    assert len(found) == 1
    assert "lower risk_cut_frac" in found[0]


def test_an_impact_that_reads_the_day_is_said_where_a_fund_may_buy_back():
    free = "market.assets.csi300.trading.impact={law='linear', kappa=1.0, half_life_days=5.0, permanent_frac=0.0}"
    assert "market.assets.csi300.trading.impact" in response_findings(config_with(free), resolved(free))[0]
    never = [f"funds.{name}.evaluation.rebuys=false" for name in ("insurers", "pensions", "technology-funds",
                                                                    "active-equity")]
    assert response_findings(config_with(free, *never), resolved(free, *never)) == ()
    assert not np.any(resolved(free, *never).arms[0].prices.buy_ratio)
