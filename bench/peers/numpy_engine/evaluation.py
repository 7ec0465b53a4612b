"""Steps 3, 5 and 12: scores of managers, the pressure they cause, intended de-risking."""

from typing import NamedTuple

import numpy as np

from backstop.outcomes import FundTally
from backstop.terms import SCORE_SAMPLE_DAYS, TRADING_DAYS_PER_YEAR, ArmTerms, EvaluationTerms, Floats, Integers
from bench.peers.numpy_engine.funds import SMALLEST_NAVPS
from bench.peers.numpy_engine.state import Evaluation, Funds, State


class _Rungs(NamedTuple):
    """Funds that have a rung whose sample is known: numbers, weights and samples of rungs, log NAV per share."""

    funds: Integers
    weight: Floats
    sample: Integers
    log_navps: Floats


def score_managers(terms: ArmTerms, state: State, t: int) -> None:
    """Step 3: the ladder over the rungs whose sample is known and the manager's own; pressure is 0 where none is."""
    rules, evaluation = terms.evaluation, state.evaluation
    latest = (t - 1) // SCORE_SAMPLE_DAYS
    sample = latest - rules.rung_samples
    counts = (sample >= -rules.n_history[:, None]) & (rules.rung_weight > 0.0) & (rules.is_on[:, None] > 0)
    weight = np.where(counts, rules.rung_weight, 0.0)
    rows = np.flatnonzero(weight.sum(axis=1) > 0.0)
    if not len(rows):
        return
    value = state.funds.navps[rows] + _cover(terms, state, rows)
    rungs = _Rungs(rows, weight[rows] / weight[rows].sum(axis=1, keepdims=True), sample[rows],
                   np.log(np.maximum(value, SMALLEST_NAVPS)))
    score, own = _climb(rules, evaluation, rungs, state.prices.log_pre[terms.prices.index], t)
    _press(rules, evaluation, state.fund_tally, rows, score, own)
    _replace(rules, evaluation, state.fund_tally, rows, own, latest + 1)


def _cover(terms: ArmTerms, state: State, rows: Integers) -> Floats:
    """What is drawn, as far as it counts in the score, per share."""
    relief = terms.facilities.score_relief_frac
    if not relief.any():
        return np.zeros(1)
    cover = np.einsum("k,kfp->fp", relief, state.loans.drawn)[rows] / np.maximum(state.funds.shares[rows], 1.0)
    peak = state.fund_tally.score_cover_peak
    peak[rows] = np.maximum(peak[rows], cover)
    return np.asarray(cover)


def _climb(rules: EvaluationTerms, evaluation: Evaluation, rungs: _Rungs, log_price: Floats, t: int
           ) -> tuple[Floats, Floats]:
    """The score of each fund, and the weight of the rungs that are the manager's own."""
    total, own = np.zeros_like(rungs.log_navps), np.zeros_like(rungs.log_navps)
    benchmark = rules.benchmark_frac[rungs.funds, None]
    for r in range(rungs.weight.shape[1]):
        known = np.where(rungs.weight[:, r] > 0.0, rungs.sample[:, r], 0)
        per_year = (TRADING_DAYS_PER_YEAR / (t - SCORE_SAMPLE_DAYS * known))[:, None]
        past = evaluation.samples[rules.log_nav_history.shape[1] - 1 + known, rungs.funds]
        growth = np.exp(per_year * (rungs.log_navps - past)) - 1.0
        if benchmark.any():
            of_index = log_price - _index_samples(rules, evaluation, rungs.funds, known)
            growth -= benchmark * (np.exp(per_year * of_index) - 1.0)
        weight = np.where(evaluation.first_sample[rungs.funds] <= known[:, None], rungs.weight[:, r, None], 0.0)
        total += weight * growth
        own += weight
    return np.divide(total, own, out=np.zeros_like(total), where=own > 0.0), own


def _index_samples(rules: EvaluationTerms, evaluation: Evaluation, funds: Integers, known: Integers) -> Floats:
    """Log price of the index at each fund's sample: from its history up to the opening, later from the run."""
    of_history = rules.log_index_history[funds, rules.log_index_history.shape[1] - 1 + np.minimum(known, 0)]
    return np.where(known[:, None] > 0, evaluation.index_samples[np.maximum(known, 0)], of_history[:, None])


def _press(rules: EvaluationTerms, evaluation: Evaluation, tally: FundTally, rows: Integers, score: Floats,
           own: Floats) -> None:
    """Pressure of the funds in `rows` from their scores, where they have one."""
    span = (rules.threshold - rules.floor)[rows, None]
    pressure = np.minimum(np.maximum((rules.threshold[rows, None] - score) / span, 0.0), 1.0) * (own > 0.0)
    evaluation.score[rows], evaluation.pressure[rows] = score, pressure
    tally.days_under_pressure[rows] += pressure
    lowest = tally.score_min[rows]
    tally.score_min[rows] = np.where(own > 0.0, np.minimum(lowest, score), lowest)


def _replace(rules: EvaluationTerms, evaluation: Evaluation, tally: FundTally, rows: Integers, own: Floats,
             next_sample: int) -> None:
    """Managers below their floor go; the next one's record starts with the next sample."""
    is_out = (own > 0.0) & (evaluation.score[rows] < rules.replace_below[rows, None])
    evaluation.first_sample[rows] = np.where(is_out, next_sample, evaluation.first_sample[rows])
    tally.managers_replaced[rows] += is_out


def intend_derisking(terms: EvaluationTerms, funds: Funds, evaluation: Evaluation) -> None:
    """Step 5."""
    target = np.minimum(np.maximum(1.0 - terms.cut[:, None] * evaluation.pressure, 0.0), terms.most_risk[:, None])
    change = np.divide(terms.speed[:, None] * (target - evaluation.theta), evaluation.theta,
                       out=np.zeros_like(target), where=(evaluation.theta > 0.0) & (terms.cut[:, None] != 0.0))
    evaluation.intended = np.maximum(-change, 0.0) * funds.risky


def sample_scores(terms: ArmTerms, state: State, t: int) -> None:
    """Step 12: every 21st day."""
    if t % SCORE_SAMPLE_DAYS == 0:
        number = t // SCORE_SAMPLE_DAYS
        row = terms.evaluation.log_nav_history.shape[1] - 1 + number
        np.log(np.maximum(state.funds.navps, SMALLEST_NAVPS), out=state.evaluation.samples[row])
        state.evaluation.index_samples[number] = state.prices.log_close[terms.prices.index]
