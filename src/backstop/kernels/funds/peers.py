"""Scores against peers (docs/model.md, 3): a comparison is a set of cohorts and a window that rungs look back on."""

from backstop.kernels.funds.rungs import SAMPLE_DAYS, days_since_sample, growth, rungs_a_year, sample_row
from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, Index, floor, fma, inline, jit, rule
from backstop.kernels.machine.lanes import clear
from backstop.kernels.machine.vecmath import log
from backstop.terms import SMALLEST_NAVPS, TRADING_DAYS_PER_YEAR


@jit
def _weigh(evaluation, funds, f, count, lanes):
    """``assets = floor(count * max(nav, 0))`` of the last close."""
    for i in range(FIRST, lanes):
        evaluation.peer_assets[f, i] = floor(count * max(funds.nav[f, i], 0.0))


@rule
def weigh_peers(counts, funds, evaluation, lanes):
    """Step 2, before marks: what peers weigh today is what they were worth yesterday."""
    for f in range(count_rows(evaluation.peer_assets)):
        _weigh(evaluation, funds, f, counts[f], lanes)


@jit
def _mark(evaluation, funds, f, lanes):
    """``log(max(navps, 1e-6))`` of what is the fund's own."""
    for i in range(FIRST, lanes):
        evaluation.log_marks[f, i] = log(max(funds.navps[f, i], SMALLEST_NAVPS))


@jit
def _add_peer(evaluation, c, f, past, row, per_year, lanes):
    """``growth += assets * g; assets of all += assets`` of one member of a comparison."""
    for i in range(FIRST, lanes):
        assets = evaluation.peer_assets[f, i]
        g = growth(evaluation.log_marks[f, i], past[row, i], per_year)
        evaluation.peer_growth[c, i] = fma(assets, g, evaluation.peer_growth[c, i])
        evaluation.compared_assets[c, i] += assets


@inline
def _row_of_comparison(terms, c, f, day):
    """The row of the sample of a member that a comparison refers to."""
    n_samples = count_columns(terms.log_nav_history)
    return f * n_samples + (day // SAMPLE_DAYS + n_samples - Index(terms.comparison_samples[c])) % n_samples


@jit
def _compare(terms, c, f, evaluation, day, lanes):
    """One member of one comparison."""
    if terms.is_comparison_to_date[c]:
        _add_peer(evaluation, c, f, evaluation.year_ends, f, 1.0, lanes)
    else:
        per_year = TRADING_DAYS_PER_YEAR / days_since_sample(terms.comparison_samples[c], day)
        _add_peer(evaluation, c, f, evaluation.samples, _row_of_comparison(terms, c, f, day), per_year, lanes)


@rule
def compare_peers(terms, funds, evaluation, day, lanes):
    """Step 3: the sums that scores against peers are made of."""
    for f in range(count_rows(evaluation.log_marks)):
        _mark(evaluation, funds, f, lanes)
    for c in range(count_rows(evaluation.peer_growth)):
        clear(evaluation.peer_growth, c, lanes)
        clear(evaluation.compared_assets, c, lanes)
        for f in range(count_columns(terms.is_peer)):
            if terms.is_peer[c, f]:
                _compare(terms, c, f, evaluation, day, lanes)


@jit
def _own_part(evaluation, f, past, row, per_year, lanes):
    """The part of a fund in a comparison that it belongs to, since what a row of `past` keeps."""
    for i in range(FIRST, lanes):
        g = growth(evaluation.log_marks[f, i], past[row, i], per_year)
        evaluation.own_growth[FIRST, i] = evaluation.peer_assets[f, i] * g


@jit
def _less_mean(evaluation, f, c, frac, share, lanes):
    """``g -= frac * (growth - own) / (assets of all - own)``, `share` 1 for a member; of nobody the mean is 0."""
    for i in range(FIRST, lanes):
        others = evaluation.compared_assets[c, i] - share * evaluation.peer_assets[f, i]
        growth = evaluation.peer_growth[c, i] - share * evaluation.own_growth[FIRST, i]
        mean = growth / others if others > 0.0 else 0.0
        evaluation.rung[FIRST, i] = fma(-frac, mean, evaluation.rung[FIRST, i])


@rule
def less_peers(terms, f, r, evaluation, day, lanes):
    """What of the mean return of its peers a rung of fund f is net of, without the fund's own part in it."""
    c, per_year = Index(terms.rung_comparison[f, r]), rungs_a_year(terms, f, r, day)
    clear(evaluation.own_growth, FIRST, lanes)
    if terms.is_peer[c, f] and terms.is_year_to_date[f, r]:
        _own_part(evaluation, f, evaluation.year_ends, f, per_year, lanes)
    elif terms.is_peer[c, f]:
        _own_part(evaluation, f, evaluation.samples, sample_row(terms, f, r, day), per_year, lanes)
    _less_mean(evaluation, f, c, terms.benchmark_frac[f], float(terms.is_peer[c, f]), lanes)
