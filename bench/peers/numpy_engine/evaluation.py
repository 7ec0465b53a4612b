"""Steps 3, 5 and 12: scores of managers, the pressure they cause, intended de-risking."""

import numpy as np

from backstop.outcomes import FundTally
from backstop.terms import SCORE_SAMPLE_DAYS, TRADING_DAYS_PER_YEAR, EvaluationTerms, Floats, Integers
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
    score: Floats = np.zeros_like(log_navps)
    shares = weight[rows] / weight[rows].sum(axis=1, keepdims=True)
    for r in range(shares.shape[1]):
        known = np.where(shares[:, r] > 0.0, sample[rows, r], 0)
        per_year = TRADING_DAYS_PER_YEAR / (t - SCORE_SAMPLE_DAYS * known)
        past = evaluation.samples[terms.log_nav_history.shape[1] - 1 + known, rows]
        score += shares[:, r, None] * (np.exp(per_year[:, None] * (log_navps - past)) - 1.0)
    _press(terms, evaluation, tally, rows, score)


def _press(terms: EvaluationTerms, evaluation: Evaluation, tally: FundTally, rows: Integers, score: Floats) -> None:
    """Pressure of the funds in `rows` from their scores."""
    span = (terms.threshold - terms.floor)[rows, None]
    pressure = np.minimum(np.maximum((terms.threshold[rows, None] - score) / span, 0.0), 1.0)
    evaluation.score[rows], evaluation.pressure[rows] = score, pressure
    tally.days_under_pressure[rows] += pressure > 0.0
    tally.score_min[rows] = np.minimum(tally.score_min[rows], score)


def intend_derisking(terms: EvaluationTerms, funds: Funds, evaluation: Evaluation) -> None:
    """Step 5."""
    room = np.maximum(terms.derisk_cap[:, None] - evaluation.derisked, 0.0)
    evaluation.intended = np.minimum(evaluation.pressure * terms.derisk_per_day[:, None] * funds.risky, room)


def sample_scores(terms: EvaluationTerms, funds: Funds, evaluation: Evaluation, t: int) -> None:
    """Step 12: every 21st day."""
    if t % SCORE_SAMPLE_DAYS == 0:
        row = terms.log_nav_history.shape[1] - 1 + t // SCORE_SAMPLE_DAYS
        np.log(np.maximum(funds.navps, SMALLEST_NAVPS), out=evaluation.samples[row])
