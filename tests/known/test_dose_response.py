"""Each dial of a facility turned from little to much: what it does has the sign that economics gives it.

All doses run side by side on the shocks of one run, in the crash of 2015. `LOOSE` takes other terms out of the way: at
the shipped values the cap of the fund binds most claims, so that coverage and deductible change little and a haircut
nothing, which is a finding of its own, and held below.
"""

from pathlib import Path

import numpy as np
import pytest

from ashare import config_with
from backstop.answers.accounts import CUTS
from backstop.answers.gather import gather
from backstop.config.resolve import resolve
from backstop.market.prepare import prepare
from backstop.runs.request import RunRequest

CONFIGS = Path(__file__).parents[2] / "configs"
FACILITY = "facilities.compensation-fund"
ADVANCE = f"{FACILITY}.advance"
LOOSE = {f"{ADVANCE}.coverage_frac": 1.0, f"{ADVANCE}.deductible_frac": 0.0, f"{ADVANCE}.fund_cap_frac": 1.0}
PRESSED = {f"funds.{fund}.evaluation.{term}": value for fund in ("insurers", "pensions", "technology-funds")
           for term, value in (("threshold_ann_frac", 0.5), ("floor_ann_frac", -0.5), ("risk_cut_frac", 1.0),
                               ("risk_speed_per_day_frac", 0.003), ("dispersion_ann_frac", 0.0))}
"""A threshold far above what any fund has, and a floor far below: pressure from the first day on, never in full."""
SMALL = {"pool.layers.social.size": 0.0, "pool.layers.local.size": 0.0}

DOSES = {
    "coverage": (ADVANCE + ".coverage_frac", (0.02, 0.1, 1.0), LOOSE),
    "deductible": (ADVANCE + ".deductible_frac", (0.0, 0.1, 0.3), LOOSE),
    "haircut": (ADVANCE + ".haircut_frac", tuple({"technology": haircut} for haircut in (0.0, 0.3, 0.59)),
                LOOSE | {f"{ADVANCE}.fund_cap_frac": 0.4}),
    "cap": (ADVANCE + ".fund_cap_frac", (0.001, 0.01, 0.1), {}),
    "pool": ("pool.layers.central.size", (0.0, 5e8, 9e10), SMALL),
    "rate": (ADVANCE + ".rate_ann_frac", (0.0, 0.05, 0.2), {}),
    "tenor": (ADVANCE + ".tenor_days", (20, 60, 250), {ADVANCE + ".n_rollovers": 0, ADVANCE + ".repay_ahead_days": 0}),
    "rollovers": (ADVANCE + ".n_rollovers", (0, 1, 3), {ADVANCE + ".tenor_days": 15, ADVANCE + ".repay_ahead_days": 0}),
    "lag": (ADVANCE + ".cash_lag_days", (0, 5, 20), {}),
    "system key": (FACILITY + ".system_key.persistence_days", (1, 5, 15), {}),
    "fund key": (FACILITY + ".fund_key.persistence_days", (1, 5, 20), {}),
    "covenant": (FACILITY + ".covenants.no_forced_sales", (False, True), PRESSED),
    "score relief": (ADVANCE + ".score_relief_frac", (0.0, 0.5, 1.0), PRESSED | LOOSE),
}
SIGNS = {
    "coverage": {"injected": 1, "averted": 1}, "deductible": {"injected": -1, "averted": -1},
    "haircut": {}, "cap": {"injected": 1, "averted": 1},
    "pool": {"injected": 1, "averted": 1}, "rate": {"interest_paid": 1},
    "tenor": {"interest_paid": 1}, "rollovers": {"interest_paid": 1},
    "lag": {"injected": -1, "averted": -1}, "system key": {"days_active": -1},
    "fund key": {"injected": -1, "averted": -1},
    "covenant": {"sales_pressure": -1, "averted": 1}, "score relief": {"sales_pressure": -1, "averted": 1},
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
COLUMNS = ("injected", "interest_paid", "days_active", "sales_facilities", "sales_pressure", "need",
           "forced_sales_in_window_eligible", *(f"cut_{rule}" for rule in CUTS))
N_PATHS, N_LONG = 24, 400
SLACK = 0.002
"""Of the largest mean: all doses meet the same shocks."""
SHIPPED = "fund"


def arm_of(dial, step):
    return f"{dial.replace(' ', '-')}-{step}"


def arms():
    """TOML of an arm for each dose."""
    lines = []
    for dial, (key, doses, beside) in DOSES.items():
        for step, dose in enumerate(doses):
            overrides = ", ".join(f'"{name}" = {toml(value)}' for name, value in (beside | {key: dose}).items())
            lines.append(f'[[arms]]\nname = "{arm_of(dial, step)}"\nfacilities = ["compensation-fund"]\n'
                         f"overrides = {{ {overrides} }}\n")
    return "".join(lines)


def toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {toml(one)}" for name, one in value.items()) + " }"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def run_all(n_paths):
    """(N,) of each column by arm; `averted` is against the arm's counterfactual."""
    config = config_with("scenario.preset=crash-2015", "run.days=150", arms=arms())
    prepared = prepare(config, CONFIGS)
    terms = resolve(prepared.config, prepared.inputs)
    found = gather(RunRequest(terms, seed=11, n_paths=n_paths), 1, COLUMNS, ())
    names, without = terms.names.arms, terms.counterfactual_names()
    by_arm = {arm: {name: column[number] for name, column in found.paths.items()} for number, arm in enumerate(names)}
    sold = "forced_sales_in_window_eligible"
    for arm, columns in by_arm.items():
        columns["averted"] = by_arm[without[arm]][sold] - columns[sold]
    return by_arm


@pytest.fixture(scope="module")
def small():
    return run_all(N_PATHS)


def means(by_arm, dial, column):
    return [float(np.mean(by_arm[arm_of(dial, step)][column])) for step in range(len(DOSES[dial][1]))]


def assert_signs(by_arm, dial):
    for column, sign in SIGNS[dial].items():
        found = means(by_arm, dial, column)
        slack = SLACK * max(map(abs, found))
        steps = sign * np.diff(found)
        assert np.all(steps >= -slack), (column, found)
        assert sign * (found[-1] - found[0]) > slack, (column, found)


@pytest.mark.parametrize("dial", DOSES)
def test_more_of_a_term_does_what_economics_says(small, dial):
    assert_signs(small, dial)


def test_at_the_shipped_values_the_cap_of_the_fund_binds_then_coverage_and_nothing_else_does(small):
    shipped = small[SHIPPED]
    assert shipped["cut_fund_cap"].sum() > 0.3 * shipped["need"].sum()
    assert shipped["cut_fund_cap"].sum() > 5.0 * shipped["cut_coverage"].sum()
    assert {rule for rule in CUTS if shipped[f"cut_{rule}"].any()} == {"coverage", "fund_cap"}


def test_a_tenor_averts_most_where_it_outlasts_the_window(small):
    *_, longest = found = means(small, "tenor", "averted")
    assert longest > 1.5 * max(found[:-1])


def test_a_haircut_hardly_matters_in_the_range_that_config_allows(small):
    none, usual, most = means(small, "haircut", "injected")
    assert none == usual
    assert 0.95 * none < most <= none
    assert means(small, "haircut", "cut_collateral")[0] == 0.0


@pytest.mark.long
def test_more_of_a_term_does_what_economics_says_on_many_paths():
    by_arm = run_all(N_LONG)
    for dial in DOSES:
        assert_signs(by_arm, dial)
