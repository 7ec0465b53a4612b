"""Scores of managers (docs/model.md, 3).

The ladder is that of MoF Caijin (2025) 62 in form: weighted trailing annualised returns over one, three and five years.
"""

from backstop.kernels.funds.peers import compare_peers, less_peers
from backstop.kernels.funds.pressure import judge
from backstop.kernels.funds.rungs import (
    SAMPLE_DAYS,
    growth,
    is_known,
    is_year_end,
    known_weight,
    rungs_a_year,
    sample_of,
    sample_row,
)
from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, ONE, Index, fma, jit, rule
from backstop.kernels.machine.lanes import clear
from backstop.kernels.machine.vecmath import log
from backstop.terms import NEVER_REPLACED, SMALLEST_NAVPS


@jit
def _log_navps(evaluation, funds, f, lanes):
    """``log(max(navps, 1e-6))``; the score starts from nothing."""
    for i in range(FIRST, lanes):
        evaluation.log_navps[f, i] = log(max(funds.navps[f, i], SMALLEST_NAVPS))
        evaluation.score[f, i] = 0.0


@jit
def _add_rung(evaluation, f, sample_row, weight, per_year, lanes):
    """``score += w * g``."""
    for i in range(FIRST, lanes):
        g = growth(evaluation.log_navps[f, i], evaluation.samples[sample_row, i], per_year)
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
def _rung(evaluation, f, past, row, per_year, lanes):
    """``g`` since what a row of `past` keeps."""
    for i in range(FIRST, lanes):
        evaluation.rung[FIRST, i] = growth(evaluation.log_navps[f, i], past[row, i], per_year)


@jit
def _less_benchmark(evaluation, past, row, log_price, index, frac, per_year, lanes):
    """``g -= frac * g_index`` since what a row of `past` keeps."""
    for i in range(FIRST, lanes):
        g = growth(log_price[index, i], past[row, i], per_year)
        evaluation.rung[FIRST, i] = fma(-frac, g, evaluation.rung[FIRST, i])


@jit
def _less_known_benchmark(evaluation, log_sample, log_price, index, frac, per_year, lanes):
    """`_less_benchmark` where the sample was taken before the run."""
    for i in range(FIRST, lanes):
        g = growth(log_price[index, i], log_sample, per_year)
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
def _less_index(terms, f, r, state, index, day, lanes):
    """What of the index's return a rung is net of."""
    evaluation, log_price, frac = state.evaluation, state.prices.log_pre, terms.benchmark_frac[f]
    n_samples, latest = count_columns(terms.log_nav_history), day // SAMPLE_DAYS
    window, per_year = Index(terms.rung_samples[f, r]), rungs_a_year(terms, f, r, day)
    if terms.is_year_to_date[f, r]:
        _less_benchmark(evaluation, evaluation.index_year_ends, f, log_price, index, frac, per_year, lanes)
    elif latest > window:
        slot = (latest + n_samples - window) % n_samples
        _less_benchmark(evaluation, evaluation.index_samples, slot, log_price, index, frac, per_year, lanes)
    else:
        log_sample = terms.log_index_history[f, n_samples - ONE + latest - window]
        _less_known_benchmark(evaluation, log_sample, log_price, index, frac, per_year, lanes)


@jit
def _add_ruled_rung(terms, f, r, known, state, index, day, lanes):
    """A rung to date, against the index or peers, or of a manager who may be replaced."""
    evaluation, weight, per_year = (
        state.evaluation, terms.rung_weight[f, r] / known, rungs_a_year(terms, f, r, day))
    if terms.is_year_to_date[f, r]:
        _rung(evaluation, f, evaluation.year_ends, f, per_year, lanes)
    else:
        _rung(evaluation, f, evaluation.samples, sample_row(terms, f, r, day), per_year, lanes)
    if terms.rung_comparison[f, r] >= 0:
        less_peers(terms, f, r, evaluation, day, lanes)
    elif terms.benchmark_frac[f] > 0.0:
        _less_index(terms, f, r, state, index, day, lanes)
    if terms.replace_below[f] > NEVER_REPLACED:
        _add_to_own(evaluation, f, sample_of(terms, f, r, day), weight, lanes)
    else:
        _add_to_all(evaluation, f, weight, lanes)


@jit
def _climb(terms, f, known, state, index, day, lanes):
    """The ladder of fund f, rung by rung; `known` is the weight of the rungs that count."""
    is_plain = (terms.benchmark_frac[f] == 0.0) & (terms.replace_below[f] == NEVER_REPLACED)
    for r in range(count_columns(terms.rung_weight)):
        if terms.rung_weight[f, r] > 0.0 and is_known(terms, f, r, day):
            if is_plain and not terms.is_year_to_date[f, r]:
                row, per_year = sample_row(terms, f, r, day), rungs_a_year(terms, f, r, day)
                _add_rung(state.evaluation, f, row, terms.rung_weight[f, r] / known, per_year, lanes)
            else:
                _add_ruled_rung(terms, f, r, known, state, index, day, lanes)


@rule
def score_managers(terms, relief, state, index, day, lanes):
    """Step 3: the score of each fund from NAV through today; `day` counts from 0, `relief` (K,) of what is drawn."""
    funds, evaluation, tally = state.funds, state.evaluation, state.fund_tally
    n_funds = count_rows(terms.threshold)
    if count_rows(evaluation.log_marks) > FIRST:
        compare_peers(terms, funds, evaluation, day, lanes)
    for f in range(n_funds):
        known = known_weight(terms, f, day)
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
        judge(terms, f, known, evaluation, tally, day, lanes)


@jit
def _sample(evaluation, funds, f, sample_row, lanes):
    """Keeps ``log(max(navps, 1e-6))`` at the close."""
    for i in range(FIRST, lanes):
        evaluation.samples[sample_row, i] = log(max(funds.navps[f, i], SMALLEST_NAVPS))


@jit
def _sample_index(evaluation, slot, prices, index, lanes):
    for i in range(FIRST, lanes):
        evaluation.index_samples[slot, i] = prices.log_close[index, i]


@jit
def _end_year(evaluation, funds, f, lanes):
    """Keeps ``log(max(navps, 1e-6))`` at the last close of a year."""
    for i in range(FIRST, lanes):
        evaluation.year_ends[f, i] = log(max(funds.navps[f, i], SMALLEST_NAVPS))


@jit
def _end_index_year(evaluation, f, prices, index, lanes):
    for i in range(FIRST, lanes):
        evaluation.index_year_ends[f, i] = prices.log_close[index, i]


@rule
def end_years(terms, funds, evaluation, prices, index, lanes):
    """Step 12: on the last day of a calendar year, what the next one's scores refer to."""
    for f in range(count_rows(evaluation.year_ends)):
        _end_year(evaluation, funds, f, lanes)
    for f in range(count_rows(evaluation.index_year_ends)):
        _end_index_year(evaluation, f, prices, index, lanes)


@rule
def sample_scores(terms, funds, evaluation, prices, index, day, lanes):
    """Step 12: every 21st day, a sample for later scores; at the end of a calendar year, another."""
    n_samples, today = count_columns(terms.log_nav_history), day + ONE
    if today % SAMPLE_DAYS == FIRST:
        slot = (today // SAMPLE_DAYS) % n_samples
        for f in range(count_rows(terms.threshold)):
            _sample(evaluation, funds, f, f * n_samples + slot, lanes)
        if count_rows(evaluation.index_samples) > FIRST:
            _sample_index(evaluation, slot, prices, index, lanes)
    if count_rows(evaluation.year_ends) > FIRST and is_year_end(terms, day):
        end_years(terms, funds, evaluation, prices, index, lanes)
