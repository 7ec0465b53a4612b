"""Each dial of a facility turned from little to much: what it does has the sign that economics gives it.

All doses run side by side on the shocks of one run, in the crash of 2015 and in a base market. `LOOSE` takes other
terms out of the way: at the shipped values the cap of the fund binds most claims, so that coverage and deductible
change little and a haircut nothing, which is a finding of its own, and held below.
"""

import pytest

from backstop.answers.accounts import CUTS
from doses import Dial, assert_signs, means, run_all

FACILITY = "facilities.compensation-fund"
ADVANCE = f"{FACILITY}.advance"
LOOSE = {f"{ADVANCE}.coverage_frac": 1.0, f"{ADVANCE}.deductible_frac": 0.0, f"{ADVANCE}.fund_cap_frac": 1.0}
PRESSED = {f"funds.{fund}.evaluation.{term}": value for fund in ("insurers", "pensions", "technology-funds")
           for term, value in (("threshold_ann_frac", 0.5), ("floor_ann_frac", -0.5), ("risk_cut_frac", 1.0),
                               ("risk_speed_per_day_frac", 0.003), ("dispersion_ann_frac", 0.0))}
"""A threshold far above what any fund has, and a floor far below: pressure from the first day on, never in full."""
SMALL = {"pool.layers.social.size": 0.0, "pool.layers.local.size": 0.0}

DIALS = {
    "coverage": Dial(ADVANCE + ".coverage_frac", (0.02, 0.1, 1.0), {"injected": 1, "averted": 1}, LOOSE),
    "deductible": Dial(ADVANCE + ".deductible_frac", (0.0, 0.1, 0.3), {"injected": -1, "averted": -1}, LOOSE),
    "haircut": Dial(ADVANCE + ".haircut_frac", tuple({"technology": haircut} for haircut in (0.0, 0.3, 0.59)), {},
                    LOOSE | {f"{ADVANCE}.fund_cap_frac": 0.4}),
    "cap": Dial(ADVANCE + ".fund_cap_frac", (0.001, 0.01, 0.1), {"injected": 1, "averted": 1}),
    "pool": Dial("pool.layers.central.size", (0.0, 5e8, 9e10), {"injected": 1, "averted": 1}, SMALL),
    "rate": Dial(ADVANCE + ".rate_ann_frac", (0.0, 0.05, 0.2), {"interest_paid": 1}),
    "tenor": Dial(ADVANCE + ".tenor_days", (20, 60, 250), {"interest_paid": 1},
                  {ADVANCE + ".n_rollovers": 0, ADVANCE + ".repay_ahead_days": 0}),
    "rollovers": Dial(ADVANCE + ".n_rollovers", (0, 1, 3), {"interest_paid": 1},
                      {ADVANCE + ".tenor_days": 15, ADVANCE + ".repay_ahead_days": 0}),
    "lag": Dial(ADVANCE + ".cash_lag_days", (0, 5, 20), {"injected": -1, "averted": -1}),
    "system key": Dial(FACILITY + ".system_key.persistence_days", (1, 5, 15), {"days_active": -1}),
    "fund key": Dial(FACILITY + ".fund_key.persistence_days", (1, 5, 20), {"injected": -1, "averted": -1}),
    "covenant": Dial(FACILITY + ".covenants.no_forced_sales", (False, True), {"pressure_averted": 1, "averted": 1},
                     PRESSED),
    "score relief": Dial(ADVANCE + ".score_relief_frac", (0.0, 0.5, 1.0), {"pressure_averted": 1, "averted": 1},
                         PRESSED | LOOSE),
}
"""What rises (1) or falls (-1) with the dose; where economics gives no sign, or none can show, nothing is asked:

- a rate does not ration, for claims do not read it (docs/model.md, 7);
- a rollover puts a repayment off, and what is put off falls due at once: the run's sales may go either way;
- a loan that falls due within the window is sold for in it, after 60 days no less than after 20: a tenor averts what it
  outlasts, which is held below;
- a haircut can hardly bind while the cap of the fund stays within what collateral carries at the opening, which config
  asks for;
- the persistence of the system key matters little here, because the key of the fund opens later.
"""
COLUMNS = ("injected", "interest_paid", "days_active", "need", *(f"cut_{rule}" for rule in CUTS))
N_PATHS, N_LONG = 24, 400
SHIPPED = "fund"
MARKETS = {"crash": (("scenario.preset=crash-2015", "run.days=150"), N_PATHS), "base": (("run.days=504",), 200)}
"""Settings and paths. The base market has a constant volatility of 25 %: the key is on for a day in two years."""


@pytest.fixture(scope="module")
def found():
    return {market: run_all(DIALS, COLUMNS, n_paths, settings) for market, (settings, n_paths) in MARKETS.items()}


@pytest.fixture(scope="module")
def small(found):
    return found["crash"]


@pytest.mark.parametrize("dial", DIALS)
@pytest.mark.parametrize("market", MARKETS)
def test_more_of_a_term_does_what_economics_says(found, market, dial):
    assert_signs(found[market], DIALS, dial)


def test_at_the_shipped_values_the_cap_of_the_fund_binds_then_coverage_and_nothing_else_does(small):
    shipped = small[SHIPPED]
    assert shipped["cut_fund_cap"].sum() > 0.3 * shipped["need"].sum()
    assert shipped["cut_fund_cap"].sum() > 5.0 * shipped["cut_coverage"].sum()
    assert {rule for rule in CUTS if shipped[f"cut_{rule}"].any()} == {"coverage", "fund_cap"}


def test_a_tenor_averts_most_where_it_outlasts_the_window(small):
    *_, longest = found = means(small, DIALS, "tenor", "averted")
    assert longest > 1.5 * max(found[:-1])


def test_a_haircut_hardly_matters_in_the_range_that_config_allows(small):
    none, usual, most = means(small, DIALS, "haircut", "injected")
    assert none == usual
    assert 0.95 * none < most <= none
    assert means(small, DIALS, "haircut", "cut_collateral")[0] == 0.0


@pytest.mark.long
def test_more_of_a_term_does_what_economics_says_on_many_paths():
    by_arm = run_all(DIALS, COLUMNS, N_LONG, MARKETS["crash"][0])
    for dial in DIALS:
        assert_signs(by_arm, DIALS, dial)
