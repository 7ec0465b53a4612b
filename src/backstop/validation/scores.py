"""Scores of managers from known annual returns, the pressure of cohorts, solvency: through a run's first day."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from backstop.config.market.inputs import MarketInputs
from backstop.terms import TRADING_DAYS_PER_YEAR, Floats, RunTerms
from backstop.validation.case import Case, Figure, within
from backstop.validation.worlds import asset, constant, fund, run_paths, terms_of

if TYPE_CHECKING:
    import pyarrow as pa

ANNUAL_RETURNS = (-0.20, 0.15, 0.12, 0.10, 0.08)
"""The latest year first."""
LADDERS = {
    "3 years": (((3.0, 1.0),), 0.01003),
    "5 years": (((5.0, 1.0),), 0.04127),
    "insurers from 2025, 30/50/20 over 1, 3 and 5 years": (((1.0, 0.3), (3.0, 0.5), (5.0, 0.2)), -0.04673),
    "insurers before 2025, 50/50 over 1 and 3 years": (((1.0, 0.5), (3.0, 0.5)), -0.09498),
}
"""Years and weights of the rungs, and the score (geometric averages are this model's reading)."""


def closes_of(annual_returns: Sequence[float]) -> Floats:
    """Closes before day 1, the last 1, that earned those annual returns by the close of day 1 if it does not move.

    A score of day 1 annualises over the days that passed since a sample: n years and one day. So each n years'
    return is spread over that many days.
    """
    days = TRADING_DAYS_PER_YEAR * np.arange(len(annual_returns) + 1)
    total = np.concatenate([[0.0], np.cumsum(np.log1p(annual_returns))])
    total[1:] *= (days[1:] + 1) / days[1:]
    return np.asarray(np.exp(-np.interp(np.arange(days[-1], -1, -1), days, total)))


def _world(rungs: Sequence[tuple[float, float]]) -> RunTerms:
    """An asset that does not move, a fund that holds nothing else, and its past."""
    evaluation = {"ladder": [{"years": years, "weight": weight} for years, weight in rungs],
                  "threshold_ann_frac": 0.0, "floor_ann_frac": -1.0, "risk_cut_frac": 0.0,
                  "risk_speed_per_day_frac": 1.0}
    holder = fund({"a": 1.0}, history="data", evaluation=evaluation)
    history = MarketInputs(history={"a": closes_of(ANNUAL_RETURNS)})
    return terms_of([asset("a", constant(0.0))], 1, history, holder=holder)


def ladders() -> Iterator[Figure]:
    """The score that the first day shows."""
    for label, (rungs, score) in LADDERS.items():
        _, funds = run_paths(_world(rungs), 1)
        yield within(label, score, funds.column("score_min")[0].as_py(), 5e-6)


def _cohort(score: float, floor: float, spread: float) -> float:
    """Pressure on day 1 of a cohort whose scores, of the year to day 1, spread so far around `score`."""
    elapsed = (TRADING_DAYS_PER_YEAR + 1) / TRADING_DAYS_PER_YEAR
    evaluation = {"ladder": [{"years": 1.0, "weight": 1.0}], "threshold_ann_frac": 0.0, "floor_ann_frac": floor,
                  "dispersion_ann_frac": spread * np.sqrt(elapsed), "risk_cut_frac": 0.0,
                  "risk_speed_per_day_frac": 1.0}
    holder = fund({"a": 1.0}, history="data", evaluation=evaluation)
    history = MarketInputs(history={"a": closes_of([score])})
    _, funds = run_paths(terms_of([asset("a", constant(0.0))], 1, history, holder=holder), 1)
    return float(funds.column("days_under_pressure")[0].as_py())


def cohorts() -> Iterator[Figure]:
    """A day under pressure counts as much as it presses."""
    for score, floor, spread, pressure in ((-0.05, -0.15, 0.10, 0.4096541), (0.05, -0.15, 0.10, 0.1262039),
                                           (-0.20, -0.10, 0.05, 0.9957582)):
        label = f"score {score:g}, spread {spread:g}, from 0 to {floor:g}"
        yield within(label, pressure, _cohort(score, floor, spread), 5e-8)


def insurers() -> Iterator[Figure]:
    """Own capital of .30 of NAV against .06 and half of a holding of .24: from 1.667 a fall takes it below 1.66."""
    target, a_year = 1.66, -10.0
    solvency = {"own_capital_frac": 0.3, "other_required_frac": 0.06, "target_ratio": target,
                "factors": {"a": {"factor_frac": 0.5}}}
    falling = asset("a", constant(0.0), drift_ann_frac=a_year)
    _, funds = run_paths(terms_of([falling], 1, holder=fund({"a": 0.24}, solvency=solvency)), 1)
    price = np.exp(a_year / TRADING_DAYS_PER_YEAR)
    own, required = 0.3 - 0.24 * (1.0 - price), 0.5 * 0.24 * price
    short = 1.0 - (own / target - 0.06) / required
    yield within("sold for solvency, share of NAV", short * 0.24 * price, _sold_of(funds), 1e-8)


def _sold_of(funds: "pa.Table") -> float:
    return float(funds.column("sales_solvency")[0].as_py()) / 1e9


CASES = (
    Case("cohort-pressure", "pressure on a cohort whose scores differ, in closed form", "closed form",
         "mean of a clipped line over a normal law", cohorts),
    Case("solvency", "what an insurer sells to keep the ratio of its capital", "closed form",
         "1 - (K / target - M0) / H of risk, NFRA's form of the ratio", insurers),
    Case("score-ladder", "annual returns of -20 % (the latest), 15, 12, 10 and 8 % as scores", "hand",
         "MoF Caijin (2025) 62, ladder and weights", ladders),
)
