"""Scores of managers from known annual returns, through the evaluation of a run's first day."""

from collections.abc import Iterator, Sequence

import numpy as np

from backstop.config.market.inputs import MarketInputs
from backstop.terms import TRADING_DAYS_PER_YEAR, Floats, RunTerms
from backstop.validation.case import Case, Figure, within
from backstop.validation.worlds import asset, constant, fund, run_paths, terms_of

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


CASES = (
    Case("score-ladder", "annual returns of -20 % (the latest), 15, 12, 10 and 8 % as scores", "hand",
         "MoF Caijin (2025) 62, ladder and weights", ladders),
)
