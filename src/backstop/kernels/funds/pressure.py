"""Pressure on managers, and their replacement (docs/model.md, 3)."""

import numpy as np

from backstop.kernels.funds.rungs import SAMPLE_DAYS, covariance, is_known, sample_of, spread_of
from backstop.kernels.machine.frames import count_columns
from backstop.kernels.machine.jit import FIRST, ONE, inline, jit
from backstop.kernels.machine.lanes import clear
from backstop.kernels.machine.normal import mean_above
from backstop.terms import NEVER_REPLACED


@jit
def _pressure(evaluation, f, threshold, slope, tally, lanes):
    """``pressure = clip((threshold - score) / (threshold - floor), 0, 1)``."""
    for i in range(FIRST, lanes):
        score = evaluation.score[f, i]
        pressure = min(max((threshold - score) * slope, 0.0), 1.0)
        evaluation.pressure[f, i] = pressure
        tally.score_min[f, i] = min(tally.score_min[f, i], score)


@inline
def _mean_pressure(score, spread, threshold, floor):
    """Mean of `_pressure` over scores that are normal around `score` with the standard deviation `spread`."""
    per_spread = 1.0 / spread
    above = mean_above((threshold - score) * per_spread) - mean_above((floor - score) * per_spread)
    return min(max(spread * above / (threshold - floor), 0.0), 1.0)


@jit
def _pressure_on_many(evaluation, f, threshold, floor, spread, tally, lanes):
    """`_pressure` of a cohort whose scores differ."""
    for i in range(FIRST, lanes):
        score = evaluation.score[f, i]
        evaluation.pressure[f, i] = _mean_pressure(score, spread, threshold, floor)
        tally.score_min[f, i] = min(tally.score_min[f, i], score)


@jit
def _own_pressure(evaluation, f, threshold, slope, tally, lanes):
    """`_pressure` of the mean over own rungs; no score, and none of it, where there is no such rung."""
    for i in range(FIRST, lanes):
        own, total = evaluation.own_weight[f, i], evaluation.score[f, i]
        score = total / own if own > 0.0 else 0.0
        pressure = min(max((threshold - score) * slope, 0.0), 1.0) if own > 0.0 else 0.0
        lowest = tally.score_min[f, i]
        evaluation.score[f, i] = score
        evaluation.pressure[f, i] = pressure
        tally.score_min[f, i] = min(lowest, score) if own > 0.0 else lowest


@jit
def _own_pressure_on_many(evaluation, f, threshold, floor, dispersion, lanes):
    """The pressure of `_own_pressure`, of a cohort whose scores differ by ``dispersion sqrt(variance) / own``."""
    for i in range(FIRST, lanes):
        own = evaluation.own_weight[f, i]
        weight = own if own > 0.0 else 1.0
        spread = dispersion * np.sqrt(evaluation.own_variance[FIRST, i]) / weight
        mean = _mean_pressure(evaluation.score[f, i], spread if own > 0.0 else 1.0, threshold, floor)
        evaluation.pressure[f, i] = mean if own > 0.0 else 0.0


@jit
def _add_own_variance(evaluation, f, sample, shared, lanes):
    """``variance += shared`` of two rungs that refer to the manager's own time, the older of them to `sample`."""
    for i in range(FIRST, lanes):
        own = evaluation.first_sample[f, i] <= sample
        evaluation.own_variance[FIRST, i] += shared if own else 0.0


@jit
def _find_own_variance(terms, f, evaluation, day, lanes):
    """The sum under the root of ``spread``, over each manager's own rungs."""
    n_rungs = count_columns(terms.rung_weight)
    clear(evaluation.own_variance, FIRST, lanes)
    for r in range(n_rungs):
        for s in range(n_rungs):
            if is_known(terms, f, r, day) and is_known(terms, f, s, day):
                sample = min(sample_of(terms, f, r, day), sample_of(terms, f, s, day))
                _add_own_variance(evaluation, f, sample, covariance(terms, f, r, s, day), lanes)


@jit
def _replace(evaluation, f, replace_below, next_sample, tally, lanes):
    """``first = m + 1`` where ``score < replace_below``: the next manager starts with the next sample."""
    for i in range(FIRST, lanes):
        first = evaluation.first_sample[f, i]
        is_out = (evaluation.own_weight[f, i] > 0.0) & (evaluation.score[f, i] < replace_below)
        evaluation.first_sample[f, i] = next_sample if is_out else first
        tally.managers_replaced[f, i] += 1.0 if is_out else 0.0


@jit
def judge(terms, f, known, evaluation, tally, day, lanes):
    """What the score of fund f leads to: pressure, or another manager."""
    threshold, floor, dispersion = terms.threshold[f], terms.floor[f], terms.dispersion[f]
    slope = 1.0 / (threshold - floor)
    if terms.replace_below[f] > NEVER_REPLACED:
        _own_pressure(evaluation, f, threshold, slope, tally, lanes)
        if dispersion > 0.0:
            _find_own_variance(terms, f, evaluation, day, lanes)
            _own_pressure_on_many(evaluation, f, threshold, floor, dispersion / known, lanes)
        _replace(evaluation, f, terms.replace_below[f], float(day // SAMPLE_DAYS + ONE), tally, lanes)
    elif dispersion > 0.0:
        _pressure_on_many(evaluation, f, threshold, floor, spread_of(terms, f, day, known), tally, lanes)
    else:
        _pressure(evaluation, f, threshold, slope, tally, lanes)
