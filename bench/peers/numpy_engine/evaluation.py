"""Steps 3, 5 and 12: scores of managers, the pressure they cause, intended de-risking."""

import numpy as np

from backstop.outcomes import FundTally
from backstop.terms import SCORE_SAMPLE_DAYS, TRADING_DAYS_PER_YEAR, EvaluationTerms, Floats
from bench.peers.numpy_engine.funds import SMALLEST_NAVPS
from bench.peers.numpy_engine.state import Evaluation, Funds


def score_managers(terms: EvaluationTerms, funds: Funds, evaluation: Evaluation, tally: FundTally, t: int) -> None:
    """Step 3: the ladder over the rungs whose sample is known; pressure is 0 where none is."""
    latest = (t - 1) // SCORE_SAMPLE_DAYS
    sample = latest - terms.rung_samples
    counts = (sample >= -terms.n_history[:, None]) & (terms.rung_weight > 0.0) & (terms.is_on[:, None] > 0)
    weight = np.where(counts, terms.rung_weight, 0.0)
    rows = np.flatnonzero(weight.sum(axis=1) > 0.0)
    if not len(rows):
        return
    log_navps = np.log(np.maximum(funds.navps[rows], SMALLEST_NAVPS))
    score = np.zeros_like(log_navps)
    for r in range(terms.rung_weight.shape[1]):
        score += _rung(terms, evaluation, log_navps, rows, r, weight[rows, r] / weight[rows].sum(axis=1), t, sample)
    span = (terms.threshold - terms.floor)[rows, None]
    pressure = np.minimum(np.maximum((terms.threshold[rows, None] - score) / span, 0.0), 1.0)
    evaluation.score[rows], evaluation.pressure[rows] = score, pressure
    tally.days_under_pressure[rows] += pressure > 0.0
    tally.score_min[rows] = np.minimum(tally.score_min[rows], score)


def _rung(terms: EvaluationTerms, evaluation: Evaluation, log_navps: Floats, rows: Floats, r: int, weight: Floats,
          t: int, sample: Floats) -> Floats:
    """One rung's part of the score of the funds in `rows`; funds whose rung does not count have weight 0."""
    taken = np.where(weight > 0.0, sample[rows, r], 0)
    elapsed = t - SCORE_SAMPLE_DAYS * taken
    past = evaluation.samples[terms.log_nav_history.shape[1] - 1 + taken, rows]
    growth = np.exp((TRADING_DAYS_PER_YEAR / elapsed)[:, None] * (log_navps - past)) - 1.0
    return np.asarray(weight[:, None] * growth)


def intend_derisking(terms: EvaluationTerms, funds: Funds, evaluation: Evaluation) -> None:
    """Step 5."""
    room = np.maximum(terms.derisk_cap[:, None] - evaluation.derisked, 0.0)
    evaluation.intended = np.minimum(evaluation.pressure * terms.derisk_per_day[:, None] * funds.risky, room)


def sample_scores(terms: EvaluationTerms, funds: Funds, evaluation: Evaluation, t: int) -> None:
    """Step 12: every 21st day."""
    if t % SCORE_SAMPLE_DAYS == 0:
        row = terms.log_nav_history.shape[1] - 1 + t // SCORE_SAMPLE_DAYS
        np.log(np.maximum(funds.navps, SMALLEST_NAVPS), out=evaluation.samples[row])
