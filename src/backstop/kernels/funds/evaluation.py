"""Scores of managers, the pressure they cause, intended de-risking (docs/model.md, 3 and 5).

The ladder is that of MoF Caijin (2025) 62 in form: weighted trailing annualised returns over one, three and five years.
"""

import numpy as np

from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, ONE, Index, fma, inline, jit, rule
from backstop.kernels.machine.lanes import clear
from backstop.kernels.machine.normal import mean_above
from backstop.kernels.machine.vecmath import exp, log
from backstop.terms import NEVER_REPLACED, SCORE_SAMPLE_DAYS, SMALLEST_NAVPS, TRADING_DAYS_PER_YEAR

SAMPLE_DAYS = Index(SCORE_SAMPLE_DAYS)


@jit
def _log_navps(evaluation, funds, f, lanes):
    """``log(max(navps, 1e-6))``; the score starts from nothing."""
    for i in range(FIRST, lanes):
        evaluation.log_navps[f, i] = log(max(funds.navps[f, i], SMALLEST_NAVPS))
        evaluation.score[f, i] = 0.0


@jit
def _add_rung(evaluation, f, sample_row, weight, per_year, lanes):
    """``score += w * (exp((log navps - log sample) * per_year) - 1)``."""
    for i in range(FIRST, lanes):
        g = exp((evaluation.log_navps[f, i] - evaluation.samples[sample_row, i]) * per_year) - 1.0
        evaluation.score[f, i] = fma(weight, g, evaluation.score[f, i])


@jit
def _cover(loans, n_funds, f, evaluation, relief, lanes):
    """``cover = sum_k relief_k * drawn_k``."""
    clear(evaluation.cover, f, lanes)
    for k in range(count_rows(relief)):
        row = k * n_funds + f
        for i in range(FIRST, lanes):
            evaluation.cover[f, i] = fma(relief[k], loans.drawn[row, i], evaluation.cover[f, i])


@jit
def _log_covered_navps(evaluation, funds, f, tally, lanes):
    """`_log_navps` with ``cover / max(shares, 1)`` added to NAV per share."""
    for i in range(FIRST, lanes):
        cover = evaluation.cover[f, i] / max(funds.shares[f, i], 1.0)
        evaluation.log_navps[f, i] = log(max(funds.navps[f, i] + cover, SMALLEST_NAVPS))
        evaluation.score[f, i] = 0.0
        tally.score_cover_peak[f, i] = max(tally.score_cover_peak[f, i], cover)


@jit
def _rung(evaluation, f, sample_row, per_year, lanes):
    """``g = exp((log navps - log sample) * per_year) - 1``."""
    for i in range(FIRST, lanes):
        g = exp((evaluation.log_navps[f, i] - evaluation.samples[sample_row, i]) * per_year) - 1.0
        evaluation.rung[FIRST, i] = g


@jit
def _less_benchmark(evaluation, sample_row, prices, index, frac, per_year, lanes):
    """``g -= frac * (exp((log price - log sample) * per_year) - 1)`` of the index."""
    for i in range(FIRST, lanes):
        g = exp((prices.log_pre[index, i] - evaluation.index_samples[sample_row, i]) * per_year) - 1.0
        evaluation.rung[FIRST, i] = fma(-frac, g, evaluation.rung[FIRST, i])


@jit
def _less_known_benchmark(evaluation, log_sample, prices, index, frac, per_year, lanes):
    """`_less_benchmark` where the sample was taken before the run."""
    for i in range(FIRST, lanes):
        g = exp((prices.log_pre[index, i] - log_sample) * per_year) - 1.0
        evaluation.rung[FIRST, i] = fma(-frac, g, evaluation.rung[FIRST, i])


@jit
def _add_to_all(evaluation, f, weight, lanes):
    """``score += w * g``."""
    for i in range(FIRST, lanes):
        evaluation.score[f, i] = fma(weight, evaluation.rung[FIRST, i], evaluation.score[f, i])


@jit
def _add_to_own(evaluation, f, sample, weight, lanes):
    """``score += w * g`` where the sample is the manager's own."""
    for i in range(FIRST, lanes):
        own = weight if evaluation.first_sample[f, i] <= sample else 0.0
        evaluation.own_weight[f, i] += own
        evaluation.score[f, i] = fma(own, evaluation.rung[FIRST, i], evaluation.score[f, i])


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
def _replace(evaluation, f, replace_below, next_sample, tally, lanes):
    """``first = m + 1`` where ``score < replace_below``: the next manager starts with the next sample."""
    for i in range(FIRST, lanes):
        first = evaluation.first_sample[f, i]
        is_out = (evaluation.own_weight[f, i] > 0.0) & (evaluation.score[f, i] < replace_below)
        evaluation.first_sample[f, i] = next_sample if is_out else first
        tally.managers_replaced[f, i] += 1.0 if is_out else 0.0


@jit
def _is_known(terms, f, r, latest):
    """Whether the sample that rung r refers to was taken, or is known from history."""
    return Index(terms.rung_samples[f, r]) <= latest + Index(terms.n_history[f])


@jit
def _known_weight(terms, f, latest):
    """Sum of the weights of the rungs that count when `latest` is the newest sample."""
    total = 0.0
    for r in range(count_columns(terms.rung_weight)):
        if _is_known(terms, f, r, latest):
            total += terms.rung_weight[f, r]
    return total


@inline
def _elapsed(terms, f, r, day):
    """``e``, days from the sample that rung r refers to until the close of `day`."""
    return day + ONE - (day // SAMPLE_DAYS) * SAMPLE_DAYS + Index(terms.rung_samples[f, r]) * SAMPLE_DAYS


@inline
def _rungs_a_year(terms, f, r, day):
    """``252 / e``."""
    return TRADING_DAYS_PER_YEAR / _elapsed(terms, f, r, day)


@inline
def _covariance(terms, f, r, s, day):
    """``w_r w_s a_r a_s min(e_r, e_s)`` of two rungs, times, in years: what scores share where their days overlap."""
    shared = min(_elapsed(terms, f, r, day), _elapsed(terms, f, s, day)) / TRADING_DAYS_PER_YEAR
    a = _rungs_a_year(terms, f, r, day) * _rungs_a_year(terms, f, s, day)
    return terms.rung_weight[f, r] * terms.rung_weight[f, s] * a * shared


@jit
def _spread(terms, f, day, known):
    """``tau_s`` over the rungs that count, whose weights add up to `known`."""
    variance, n_rungs, latest = 0.0, count_columns(terms.rung_weight), day // SAMPLE_DAYS
    for r in range(n_rungs):
        for s in range(n_rungs):
            if _is_known(terms, f, r, latest) and _is_known(terms, f, s, latest):
                variance += _covariance(terms, f, r, s, day)
    return terms.dispersion[f] * np.sqrt(variance) / known


@jit
def _add_own_variance(evaluation, f, sample, covariance, lanes):
    """``variance += covariance`` of two rungs whose samples are both the manager's own, `sample` the older."""
    for i in range(FIRST, lanes):
        own = evaluation.first_sample[f, i] <= sample
        evaluation.own_variance[FIRST, i] += covariance if own else 0.0


@jit
def _find_own_variance(terms, f, evaluation, day, lanes):
    """The sum under the root of ``tau_s``, over each manager's own rungs."""
    n_rungs, latest = count_columns(terms.rung_weight), day // SAMPLE_DAYS
    clear(evaluation.own_variance, FIRST, lanes)
    for r in range(n_rungs):
        for s in range(n_rungs):
            if _is_known(terms, f, r, latest) and _is_known(terms, f, s, latest):
                longest = max(terms.rung_samples[f, r], terms.rung_samples[f, s])
                sample = float(latest) - float(longest)
                _add_own_variance(evaluation, f, sample, _covariance(terms, f, r, s, day), lanes)


@jit
def _add_ruled_rung(terms, f, r, known, state, index, day, lanes):
    """A rung against the index, or of a manager who may be replaced."""
    evaluation, prices = state.evaluation, state.prices
    n_samples, latest = count_columns(terms.log_nav_history), day // SAMPLE_DAYS
    window, weight = Index(terms.rung_samples[f, r]), terms.rung_weight[f, r] / known
    per_year = _rungs_a_year(terms, f, r, day)
    slot = (latest + n_samples - window) % n_samples
    _rung(evaluation, f, f * n_samples + slot, per_year, lanes)
    if terms.benchmark_frac[f] > 0.0 and latest > window:
        _less_benchmark(evaluation, slot, prices, index, terms.benchmark_frac[f], per_year, lanes)
    elif terms.benchmark_frac[f] > 0.0:
        log_sample = terms.log_index_history[f, n_samples - ONE + latest - window]
        _less_known_benchmark(evaluation, log_sample, prices, index, terms.benchmark_frac[f], per_year, lanes)
    if terms.replace_below[f] > NEVER_REPLACED:
        _add_to_own(evaluation, f, float(latest) - float(window), weight, lanes)
    else:
        _add_to_all(evaluation, f, weight, lanes)


@jit
def _climb(terms, f, known, state, index, day, lanes):
    """The ladder of fund f, rung by rung; `known` is the weight of the rungs that count."""
    n_samples, latest = count_columns(terms.log_nav_history), day // SAMPLE_DAYS
    is_plain = (terms.benchmark_frac[f] == 0.0) & (terms.replace_below[f] == NEVER_REPLACED)
    for r in range(count_columns(terms.rung_weight)):
        if terms.rung_weight[f, r] > 0.0 and _is_known(terms, f, r, latest):
            if is_plain:
                window, per_year = Index(terms.rung_samples[f, r]), _rungs_a_year(terms, f, r, day)
                row = f * n_samples + (latest + n_samples - window) % n_samples
                _add_rung(state.evaluation, f, row, terms.rung_weight[f, r] / known, per_year, lanes)
            else:
                _add_ruled_rung(terms, f, r, known, state, index, day, lanes)


@jit
def _judge(terms, f, known, evaluation, tally, day, lanes):
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
        _pressure_on_many(evaluation, f, threshold, floor, _spread(terms, f, day, known), tally, lanes)
    else:
        _pressure(evaluation, f, threshold, slope, tally, lanes)


@rule
def score_managers(terms, relief, state, index, day, lanes):
    """Step 3: the score of each fund from NAV through today; `day` counts from 0, `relief` (K,) of what is drawn."""
    funds, evaluation, tally = state.funds, state.evaluation, state.fund_tally
    n_funds, latest = count_rows(terms.threshold), day // SAMPLE_DAYS
    for f in range(n_funds):
        known = _known_weight(terms, f, latest)
        if not terms.is_on[f] or known == 0.0:
            continue
        if count_rows(evaluation.cover) > FIRST:
            _cover(state.loans, n_funds, f, evaluation, relief, lanes)
            _log_covered_navps(evaluation, funds, f, tally, lanes)
        else:
            _log_navps(evaluation, funds, f, lanes)
        if terms.replace_below[f] > NEVER_REPLACED:
            clear(evaluation.own_weight, f, lanes)
        _climb(terms, f, known, state, index, day, lanes)
        _judge(terms, f, known, evaluation, tally, day, lanes)


@jit
def _intend(evaluation, funds, f, rate, cap, tally, lanes):
    """``intended = min(pressure * rate * risky, max(cap - derisked, 0))``; a day counts as much as it presses."""
    for i in range(FIRST, lanes):
        room, pressure = max(cap - evaluation.derisked[f, i], 0.0), evaluation.pressure[f, i]
        evaluation.intended[f, i] = min(pressure * rate * funds.risky[f, i], room)
        tally.days_under_pressure[f, i] += pressure


@rule
def intend_derisking(terms, funds, evaluation, tally, lanes):
    """Step 5: what pressure would make each fund sell today."""
    for f in range(count_rows(terms.threshold)):
        if terms.is_on[f]:
            _intend(evaluation, funds, f, terms.derisk_per_day[f], terms.derisk_cap[f], tally, lanes)


@jit
def _sample(evaluation, funds, f, sample_row, lanes):
    """Keeps ``log(max(navps, 1e-6))`` at the close."""
    for i in range(FIRST, lanes):
        evaluation.samples[sample_row, i] = log(max(funds.navps[f, i], SMALLEST_NAVPS))


@jit
def _sample_index(evaluation, slot, prices, index, lanes):
    for i in range(FIRST, lanes):
        evaluation.index_samples[slot, i] = prices.log_close[index, i]


@rule
def sample_scores(terms, funds, evaluation, prices, index, day, lanes):
    """Step 12: every 21st day, a sample for later scores."""
    n_samples, today = count_columns(terms.log_nav_history), day + ONE
    if today % SAMPLE_DAYS == FIRST:
        slot = (today // SAMPLE_DAYS) % n_samples
        for f in range(count_rows(terms.threshold)):
            _sample(evaluation, funds, f, f * n_samples + slot, lanes)
        if count_rows(evaluation.index_samples) > FIRST:
            _sample_index(evaluation, slot, prices, index, lanes)
