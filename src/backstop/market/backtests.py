"""Backtests of value at risk and expected shortfall: do losses pass the model's quantiles as they should.

A day is a hit when its standardised residual lies below the fitted law's quantile at `level`. Parameters are
those of the whole sample, volatility is each day's forecast from the days before it; days after the sample,
where the fit has enough of them, make the backtest out of sample.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from backstop.config.market.innovations import Innovation
from backstop.market.diagnostics import HypothesisTest
from backstop.market.fitted import Calibration

Floats = npt.NDArray[np.float64]
Hits = npt.NDArray[np.bool_]

LEVELS = (0.01, 0.025, 0.05)
MIN_DAYS = 250
"""Days after the sample that make a backtest of their own. [ours]"""
N_SIMULATED = 1_000
"""Worlds that the law of the shortfall statistic is simulated from. [ours]"""
_SEED = 20140101


@dataclass(frozen=True)
class Backtest:
    """One level's hits and tests; ``days`` says whether they are those fitted on or later ones."""

    level: float
    days: str
    n_days: int
    n_hits: int
    tests: tuple[HypothesisTest, ...]


def backtests(fit: Calibration, levels: tuple[float, ...] = LEVELS) -> tuple[Backtest, ...]:
    """Kupiec, Christoffersen and expected-shortfall tests of a fit at each level, lower tail."""
    later = fit.standardised_residuals[fit.n_sample:]
    is_later = len(later) >= MIN_DAYS
    z = later if is_later else fit.standardised_residuals[:fit.n_sample]
    days = "after the sample" if is_later else "in the sample"
    return tuple(_backtest(fit.parameters.innovation, z, level, days) for level in levels)


def kupiec(hits: Hits, level: float) -> HypothesisTest:
    """Unconditional coverage: hits (n,) are as many as `level` says.

    ``LR = 2 sum_i observed_i ln(observed_i / expected_i)`` over hits and others, chi-squared with 1 degree of
    freedom (Kupiec 1995, Journal of Derivatives 3); scipy's G-test.
    """
    from scipy import stats

    n, found = len(hits), int(hits.sum())
    expected = [n * level, n * (1 - level)]
    result = stats.power_divergence([found, n - found], expected, lambda_="log-likelihood")
    return HypothesisTest("Kupiec", "as many hits as expected", float(result.statistic), float(result.pvalue))


def christoffersen_independence(hits: Hits) -> HypothesisTest:
    """Independence: a hit today is as likely after a hit as after none.

    The likelihood ratio of a two-state Markov chain to independent days, chi-squared with 1 degree of freedom
    (Christoffersen 1998, International Economic Review 39); scipy's G-test of the table of transitions. Where
    no day follows a hit, or all do, there is nothing to see: statistic 0.
    """
    from scipy import stats

    today, before = hits[1:].astype(np.int64), hits[:-1].astype(np.int64)
    table = np.bincount(2 * before + today, minlength=4).reshape(2, 2)
    statistic, p_value = 0.0, 1.0
    if table.sum(axis=0).all() and table.sum(axis=1).all():
        result = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
        statistic, p_value = float(result.statistic), float(result.pvalue)
    return HypothesisTest("Christoffersen independence", "hits do not cluster", statistic, p_value)


def christoffersen_coverage(hits: Hits, level: float) -> HypothesisTest:
    """Conditional coverage: the sum of both ratios from day 2 on, chi-squared with 2 degrees of freedom."""
    from scipy import special

    statistic = kupiec(hits[1:], level).statistic + christoffersen_independence(hits).statistic
    return HypothesisTest("Christoffersen conditional coverage", "as many hits as expected, not clustered",
                          statistic, float(special.chdtrc(2, statistic)))


def acerbi_szekely(z: Floats, law: Innovation, level: float) -> HypothesisTest:
    """Expected shortfall: statistic Z2 of Acerbi and Szekely (2014), Risk 27, one-sided.

    ``Z2 = 1 - sum_t z_t 1(z_t < q) / (n level m)``, m the law's mean below its quantile q: a return less its
    mean over its shortfall is z over -m, volatility cancels. Mean 0 under the null, negative where losses
    exceed what the model expects; the p-value is the share of simulated worlds that are no better.
    """
    quantile = law.ppf(np.array(level))
    statistic = 1.0 - float(z[z < quantile].sum() / (len(z) * law.lower_mean(quantile)))
    simulated = _z2_under_null(law, len(z), level)
    return HypothesisTest("Acerbi-Szekely Z2", "losses beyond the quantile as expected", statistic,
                          float(np.mean(simulated <= statistic)))


@lru_cache(maxsize=8)
def _z2_under_null(law: Innovation, n: int, level: float) -> Floats:
    """Z2 in N_SIMULATED worlds of n days: the number of hits is binomial, each hit lies in the law's tail."""
    rng = np.random.default_rng(_SEED)
    world = np.repeat(np.arange(N_SIMULATED), rng.binomial(n, level, N_SIMULATED))
    tail = law.ppf(level * (1.0 - rng.random(len(world))))
    sums = np.bincount(world, tail, N_SIMULATED)
    return np.asarray(1.0 - sums / (n * law.lower_mean(law.ppf(np.array(level)))))


def _backtest(law: Innovation, z: Floats, level: float, days: str) -> Backtest:
    hits = z < law.ppf(np.array(level))
    tests = (kupiec(hits, level), christoffersen_independence(hits), christoffersen_coverage(hits, level),
             acerbi_szekely(z, law, level))
    return Backtest(level, days, len(z), int(hits.sum()), tests)
