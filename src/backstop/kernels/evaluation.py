"""Scores of managers, the pressure they cause, intended de-risking (docs/model.md, 3 and 5).

The ladder is that of MoF Caijin (2025) 62 in form: weighted trailing annualised returns over one, three and five years.
"""

from backstop.kernels.frames import count_columns, count_rows
from backstop.kernels.jit import FIRST, ONE, Index, fma, jit
from backstop.kernels.vecmath import exp, log
from backstop.terms import SCORE_SAMPLE_DAYS, TRADING_DAYS_PER_YEAR

SAMPLE_DAYS = Index(SCORE_SAMPLE_DAYS)
SMALLEST_NAVPS = 1e-6


@jit
def _log_navps(evaluation, funds, f, lanes):
    """``log(max(navps, 1e-6))``; the score starts from nothing."""
    for i in range(FIRST, lanes):
        evaluation.log_navps[f, i] = log(max(funds.navps[f, i], SMALLEST_NAVPS))
        evaluation.score[f, i] = 0.0


@jit
def _add_rung(evaluation, f, sample_row, weight, years, lanes):
    """``score += w * (exp((log navps - log sample) / years) - 1)``."""
    for i in range(FIRST, lanes):
        g = exp((evaluation.log_navps[f, i] - evaluation.samples[sample_row, i]) * years) - 1.0
        evaluation.score[f, i] = fma(weight, g, evaluation.score[f, i])


@jit
def _pressure(evaluation, f, threshold, slope, tally, lanes):
    """``pressure = clip((threshold - score) / (threshold - floor), 0, 1)``."""
    for i in range(FIRST, lanes):
        score = evaluation.score[f, i]
        pressure = min(max((threshold - score) * slope, 0.0), 1.0)
        evaluation.pressure[f, i] = pressure
        tally.days_under_pressure[f, i] += 1.0 if pressure > 0.0 else 0.0
        tally.score_min[f, i] = min(tally.score_min[f, i], score)


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


@jit
def score_managers(terms, funds, evaluation, tally, day, lanes):
    """Step 3: the score of each fund from NAV through today; `day` counts from 0."""
    n_funds = count_rows(terms.threshold)
    n_samples = count_rows(evaluation.samples) // n_funds
    latest, today = day // SAMPLE_DAYS, day + ONE
    for f in range(n_funds):
        known = _known_weight(terms, f, latest)
        if not terms.is_on[f] or known == 0.0:
            continue
        _log_navps(evaluation, funds, f, lanes)
        for r in range(count_columns(terms.rung_weight)):
            if terms.rung_weight[f, r] > 0.0 and _is_known(terms, f, r, latest):
                window = Index(terms.rung_samples[f, r])
                elapsed = today - latest * SAMPLE_DAYS + window * SAMPLE_DAYS
                row = f * n_samples + (latest + n_samples - window) % n_samples
                weight = terms.rung_weight[f, r] / known
                _add_rung(evaluation, f, row, weight, TRADING_DAYS_PER_YEAR / elapsed, lanes)
        _pressure(evaluation, f, terms.threshold[f], 1.0 / (terms.threshold[f] - terms.floor[f]), tally, lanes)


@jit
def _intend(evaluation, funds, f, rate, cap, lanes):
    """``intended = min(pressure * rate * risky, max(cap - derisked, 0))``."""
    for i in range(FIRST, lanes):
        room = max(cap - evaluation.derisked[f, i], 0.0)
        evaluation.intended[f, i] = min(evaluation.pressure[f, i] * rate * funds.risky[f, i], room)


@jit
def intend_derisking(terms, funds, evaluation, lanes):
    """Step 5: what pressure would make each fund sell today."""
    for f in range(count_rows(terms.threshold)):
        if terms.is_on[f]:
            _intend(evaluation, funds, f, terms.derisk_per_day[f], terms.derisk_cap[f], lanes)


@jit
def _sample(evaluation, funds, f, sample_row, lanes):
    """Keeps ``log(max(navps, 1e-6))`` at the close."""
    for i in range(FIRST, lanes):
        evaluation.samples[sample_row, i] = log(max(funds.navps[f, i], SMALLEST_NAVPS))


@jit
def sample_scores(terms, funds, evaluation, day, lanes):
    """Step 12: every 21st day, a sample for later scores."""
    n_funds = count_rows(terms.threshold)
    n_samples = count_rows(evaluation.samples) // n_funds
    today = day + ONE
    if today % SAMPLE_DAYS == FIRST:
        for f in range(n_funds):
            _sample(evaluation, funds, f, f * n_samples + (today // SAMPLE_DAYS) % n_samples, lanes)
