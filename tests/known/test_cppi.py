"""Constant proportion of a cushion (CPPI), as an insurer that keeps its ratio holds it while prices fall.

Own capital is what NAV has above a floor, and its requirement a share of what is held at risk: who keeps own capital at
`target` times it holds at most ``m = 1 / (target * factor)`` times the cushion. Rebalanced daily the cushion is
``C_n = C_0 prod_t (1 + m r_t)`` (Black and Perold 1992), and a fall by more than 1 / m in a day breaks the floor by
``-C (1 + m r)``: gap risk. The engine sells to that proportion and never buys up to it: this holds on paths that fall.
"""

import math

import pytest

from backstop.terms import TRADING_DAYS_PER_YEAR
from backstop.validation.worlds import asset, constant, fund, run_paths, terms_of

OWN, FACTOR, TARGET = 0.25, 0.25, 2.0
MULTIPLE = 1.0 / (TARGET * FACTOR)
NAV = 1e9
ROUNDING = 1.5e-9
"""Of NAV, a quantum a sale, over a year of them."""


def nav_after(days, a_year, own=OWN, factor=FACTOR, target=TARGET):
    """NAV of a fund on a path that falls evenly, over the opening's."""
    solvency = {"own_capital_frac": own, "other_required_frac": 0.0, "target_ratio": target,
                "factors": {"a": {"factor_frac": factor}}}
    falling = asset("a", constant(0.0), drift_ann_frac=a_year)
    holder = fund({"a": own / (target * factor)}, solvency=solvency)
    _, funds = run_paths(terms_of([falling], days, holder=holder), 1)
    return float(funds.column("nav_end")[0].as_py()) / NAV


@pytest.mark.parametrize("a_year", [-0.2, -1.0])
@pytest.mark.parametrize("days", [1, 20, 252])
def test_the_cushion_falls_by_a_multiple_of_each_days_return(days, a_year):
    r = math.expm1(a_year / TRADING_DAYS_PER_YEAR)
    cushion = OWN * (1.0 + MULTIPLE * r) ** days
    assert nav_after(days, a_year) == pytest.approx(1.0 - OWN + cushion, abs=days * ROUNDING)


def test_daily_rebalancing_is_near_the_continuous_limit_and_below_it():
    limit = 1.0 - OWN + OWN * math.exp(-MULTIPLE * 0.2)
    assert limit - 2e-4 < nav_after(252, -0.2) < limit


def test_a_days_fall_beyond_the_inverse_of_the_multiple_breaks_the_floor_by_the_gap_and_no_more():
    own, multiple, r = 0.03, 32.0, math.expm1(-10.0 / TRADING_DAYS_PER_YEAR)
    assert r < -1.0 / multiple
    gap = own * (1.0 + multiple * r)
    for days in (1, 5):
        found = nav_after(days, -10.0, own=own, factor=0.05, target=0.625)
        assert found == pytest.approx(1.0 - own + gap, abs=days * ROUNDING)
        assert found < 1.0 - own
