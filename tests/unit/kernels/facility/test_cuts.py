"""What bound a claim, rule by rule, against hand numbers."""

import pytest

from small_arm import run_small, small_arm

ASKED = {"base_rate": 0.25}
"""250,000 shares fall due on day 2."""
TWO_DAYS = [[0.0], [0.0]]
RULES = ("coverage", "collateral", "fund_cap", "covenant", "take_up", "solvency", "sponsor", "facility", "pool")
NEEDS = {"investors": ASKED, "funds": {"units_open": [8e5], "buffer_frac": 0.1}}
"""150,000 on day 2."""


def cuts(**sections):
    """Need, and every cut that is not 0."""
    tally = run_small(small_arm(n_facilities=1, **(NEEDS | sections)), TWO_DAYS).path_tally
    found = {rule: float(getattr(tally, f"cut_{rule}")[0, 0]) for rule in RULES}
    return float(tally.need[0, 0]), {rule: cut for rule, cut in found.items() if cut}


def test_what_is_met_in_full_is_cut_by_nothing():
    assert cuts() == (150_000.0, {})


@pytest.mark.parametrize(("rule", "left", "sections"), [
    ("coverage", 0.0, {"facilities": {"coverage_frac": 0.5, "deductible_frac": 0.125}}),
    ("collateral", 1e5, {"facilities": {"advance_rate": 0.125}}),
    ("fund_cap", 62_500.0, {"facilities": {"fund_cap_frac": 0.0625}}),
    ("take_up", 75_000.0, {"admission": {"claims_frac": 0.5}}),
    ("covenant", 0.0, {"covenants": {"exposure_cap": 0.5}}),
    ("solvency", 0.0, {"admission": {"has_solvency_test": 1.0, "least_navps": 2.0}}),
    ("facility", 40_000.0, {"rationing": {"facility_cap": 4e4}}),
    ("sponsor", 30_000.0, {"rationing": {"sponsor_cap": 3e4}, "members": {"sponsor": 0}}),
    ("pool", 20_000.0, {"layers": (2e4,)}),
])
def test_each_rule_cuts_what_it_takes_from_the_claim(rule, left, sections):
    assert cuts(**sections) == (150_000.0, {rule: 150_000.0 - left})


def test_rules_cut_in_turn_what_those_before_them_left():
    both = {"facilities": {"advance_rate": 0.125, "fund_cap_frac": 0.0625}, "rationing": {"facility_cap": 5e4}}
    assert cuts(**both) == (150_000.0, {"collateral": 50_000.0, "fund_cap": 37_500.0, "facility": 12_500.0})


def test_a_looser_rule_behind_a_tight_one_never_binds():
    both = {"facilities": {"advance_rate": 0.0625, "fund_cap_frac": 0.125}}
    assert cuts(**both)[1] == {"collateral": 100_000.0}


def test_a_fund_that_may_not_claim_needs_nothing_here():
    assert cuts(facilities={"is_eligible": 0}) == (0.0, {})


def test_a_cohort_needs_as_many_times():
    need, found = cuts(funds={"units_open": [8e5], "buffer_frac": 0.1, "count": 3.0}, layers=(6e4,))
    assert (need, found) == (450_000.0, {"pool": 390_000.0})
