"""Each dial of an instrument that is no advance, turned from little to much: its effect has the sign of economics.

Purchases from funds and in the market, guarantees of banks' loans, grants for losses: each alone, in the crash of 2015
and in a base market. Signs that economics does not give are not asked:

- a discount makes a fund sell more units for the same cash, and its investors leave the more: what it averts may go
  either way (it falls in the crash and rises in the base market), what is kept falls in both;
- what a guarantee covers shares a loss between bank and pool: banks here lend whatever is covered.
"""

import pytest

from doses import Dial, assert_signs, means, run_all

TERMS = """eligible = ["insurers", "pensions", "technology-funds"]
system_key = { preset = "crash" }
fund_key = { preset = "fund-in-need" }
"""
FACILITIES = f"""
[[facilities]]
name = "from-funds"
instrument = "purchase"
{TERMS}[facilities.purchase]
buys_from = "funds"
discount_frac = {{ csi300 = 0.05, technology = 0.05 }}
need_frac = 1.0
adv_frac = 1.0
resale_adv_frac = 0.02
resale_lag_days = 250
[[facilities]]
name = "in-market"
instrument = "purchase"
system_key = {{ preset = "crash" }}
[facilities.purchase]
buys_from = "market"
parts = {{ csi300 = 0.5, technology = 0.5 }}
daily_budget = 1e9
adv_frac = 0.5
resale_adv_frac = 0.0
resale_lag_days = 250
[[facilities]]
name = "guarantees"
instrument = "guarantee"
{TERMS}[facilities.guarantee]
coverage_frac = 1.0
deductible_frac = 0.0
fund_cap_frac = 0.3
haircut_frac = {{ csi300 = 0.30, technology = 0.30, bond = 0.05 }}
rate_ann_frac = 0.0225
tenor_days = 250
n_rollovers = 1
at_horizon = "mark"
sweep_frac = 0.5
guaranteed_frac = 0.9
upfront_bps = 0.0
premium_ann_frac = 0.01
[[facilities]]
name = "grants"
instrument = "compensation"
{TERMS}[facilities.compensation]
reference = "peak"
attach_frac = 0.1
exhaust_frac = 0.6
share_frac = 0.5
period_days = 60
clawback_days = 0
"""
FROM_FUNDS, IN_MARKET = "facilities.from-funds.purchase", "facilities.in-market.purchase"
GUARANTEE, GRANT = "facilities.guarantees.guarantee", "facilities.grants.compensation"
MORE = {"injected": 1, "averted": 1, "cost_averted": 1}
DIALS = {
    "discount": Dial(FROM_FUNDS + ".discount_frac",
                     tuple({"csi300": discount, "technology": discount} for discount in (0.0, 0.1, 0.3)),
                     {"lost_technology": 1}, facility="from-funds"),
    "part of need": Dial(FROM_FUNDS + ".need_frac", (0.05, 0.3, 1.0), MORE, facility="from-funds"),
    "budget": Dial(FROM_FUNDS + ".daily_budget", (1e7, 2e8, 1e10), MORE, facility="from-funds"),
    "market budget": Dial(IN_MARKET + ".daily_budget", (1e8, 1e9, 5e9),
                          {"purchased": 1, "averted": 1, "cost_averted": 1}, facility="in-market"),
    "guaranteed loans": Dial(GUARANTEE + ".coverage_frac", (0.02, 0.1, 1.0),
                             {"bank_lent": 1, "guarantee_premium": 1, "averted": 1}, facility="guarantees"),
    "premium": Dial(GUARANTEE + ".premium_ann_frac", (0.0, 0.02, 0.1), {"guarantee_premium": 1, "averted": -1},
                    facility="guarantees"),
    "grant": Dial(GRANT + ".share_frac", (0.05, 0.3, 1.0),
                  {"compensation_paid": 1, "averted": 1, "lost_technology": -1}, facility="grants"),
    "own loss": Dial(GRANT + ".attach_frac", (0.0, 0.2, 0.4), {"compensation_paid": -1, "averted": -1},
                     facility="grants"),
    "guaranteed part": Dial(GUARANTEE + ".guaranteed_frac", (0.1, 0.5, 1.0), {}, facility="guarantees"),
}
COLUMNS = ("injected", "purchased", "compensation_paid", "bank_lent", "guarantee_premium", "guaranteed_end")
MARKETS = {"crash": (("scenario.preset=crash-2015", "run.days=150"), 24), "base": (("run.days=504",), 150)}
"""Settings and paths."""


@pytest.fixture(scope="module")
def found():
    return {market: run_all(DIALS, COLUMNS, n_paths, settings, FACILITIES)
            for market, (settings, n_paths) in MARKETS.items()}


@pytest.mark.parametrize("dial", DIALS)
@pytest.mark.parametrize("market", MARKETS)
def test_more_of_a_term_does_what_economics_says(found, market, dial):
    assert_signs(found[market], DIALS, dial)


def test_what_a_guarantee_covers_is_set_aside_and_changes_no_loan(found):
    tenth, half, whole = means(found["crash"], DIALS, "guaranteed part", "guaranteed_end")
    assert half == pytest.approx(5.0 * tenth, rel=1e-6)
    assert whole == pytest.approx(2.0 * half, rel=1e-6)
    assert len(set(means(found["crash"], DIALS, "guaranteed part", "bank_lent"))) == 1


def test_a_purchase_in_the_market_averts_little_beside_what_it_spends(found):
    spent, averted = (means(found["crash"], DIALS, "market budget", column)[-1] for column in ("purchased", "averted"))
    assert 0.0 < averted < 0.01 * spent
