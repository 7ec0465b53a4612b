"""Rungs of a score ladder: which of them count, and how far back they look (docs/model.md, 3)."""

import numpy as np

from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import ONE, Index, inline, jit
from backstop.kernels.machine.vecmath import exp
from backstop.terms import SCORE_SAMPLE_DAYS, TRADING_DAYS_PER_YEAR

SAMPLE_DAYS = Index(SCORE_SAMPLE_DAYS)


@inline
def is_year_end(terms, day):
    """Whether a calendar year begins on the day after `day`."""
    n = 0
    for y in range(count_rows(terms.year_starts)):
        n += 1 if terms.year_starts[y] == float(day) + 2.0 else 0
    return n > 0


@inline
def year_start(terms, day):
    """The day on which the calendar year of `day` began, from 1; before day 1 it is 0 or less."""
    start = terms.year_starts[0]
    for y in range(count_rows(terms.year_starts)):
        if terms.year_starts[y] <= float(day) + 1.0:
            start = terms.year_starts[y]
    return start


@inline
def is_known(terms, f, r, day):
    """Whether the close that rung r refers to is one of the run, or known from history."""
    if terms.is_year_to_date[f, r]:
        return (year_start(terms, day) > 1.0) | (terms.is_year_known[f] > 0)
    return Index(terms.rung_samples[f, r]) <= day // SAMPLE_DAYS + Index(terms.n_history[f])


@jit
def known_weight(terms, f, day):
    """Sum of the weights of the rungs that count."""
    total = 0.0
    for r in range(count_columns(terms.rung_weight)):
        if is_known(terms, f, r, day):
            total += terms.rung_weight[f, r]
    return total


@inline
def days_since_sample(samples, day):
    """Days from the sample so many before the latest to the close of `day`."""
    return float(day + ONE - (day // SAMPLE_DAYS) * SAMPLE_DAYS + Index(samples) * SAMPLE_DAYS)


@inline
def elapsed(terms, f, r, day):
    """``e``, days from the close that rung r refers to until the close of `day`."""
    if terms.is_year_to_date[f, r]:
        return float(day) + 2.0 - year_start(terms, day)
    return days_since_sample(terms.rung_samples[f, r], day)


@inline
def rungs_a_year(terms, f, r, day):
    """``a``, which makes a return over `elapsed` days one a year; a year to date stays what it is."""
    if terms.is_year_to_date[f, r]:
        return 1.0
    return TRADING_DAYS_PER_YEAR / elapsed(terms, f, r, day)


@inline
def growth(now, then, per_year):
    """``g``, a return a year from two logs; a year to date stays what it is."""
    return exp((now - then) * per_year) - 1.0


@inline
def sample_of(terms, f, r, day):
    """When the close was that rung r refers to, in samples of the run."""
    if terms.is_year_to_date[f, r]:
        return (year_start(terms, day) - 1.0) / float(SAMPLE_DAYS)
    return float(day // SAMPLE_DAYS) - float(terms.rung_samples[f, r])


@inline
def sample_row(terms, f, r, day):
    """The row of the sample that rung r refers to."""
    n_samples = count_columns(terms.log_nav_history)
    return f * n_samples + (day // SAMPLE_DAYS + n_samples - Index(terms.rung_samples[f, r])) % n_samples


@inline
def covariance(terms, f, r, s, day):
    """``w_r w_s a_r a_s min(e_r, e_s) / 252``: what two rungs share where their days overlap."""
    shared = min(elapsed(terms, f, r, day), elapsed(terms, f, s, day)) / TRADING_DAYS_PER_YEAR
    a = rungs_a_year(terms, f, r, day) * rungs_a_year(terms, f, s, day)
    return terms.rung_weight[f, r] * terms.rung_weight[f, s] * a * shared


@jit
def spread_of(terms, f, day, known):
    """``spread`` over the rungs that count, whose weights add up to `known`."""
    variance, n_rungs = 0.0, count_columns(terms.rung_weight)
    for r in range(n_rungs):
        for s in range(n_rungs):
            if is_known(terms, f, r, day) and is_known(terms, f, s, day):
                variance += covariance(terms, f, r, s, day)
    return terms.dispersion[f] * np.sqrt(variance) / known
