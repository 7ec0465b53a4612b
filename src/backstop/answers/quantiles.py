"""Quantiles, between order statistics, and differences of two, between pairs of order statistics; of any law.

The interval of one quantile is exact but for the jumps of the binomial law. Of two quantiles of the same paths two
counts are known, of the paths below each, with their variances and covariance. Places of the two that the counts do not
reject, on one degree of freedom since the place of one is a nuisance (Qin and Lawless 1994, Empirical likelihood and
general estimating equations, Ann. Stat. 22; here with the counts' normal law), are an ellipse of pairs of
ranks. The interval is from the pair of order statistics where the difference is least to that where it is largest.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import numpy as np

from backstop.answers.averages import Vector, made
from backstop.answers.estimators import FEW, TAIL, Estimate, constant, few_differ, no_difference
from backstop.answers.samples import Sample
from backstop.answers.skewness import Z

_SELDOM = 2.0
"""Paths, beside those seen, that lie below one of two quantiles alone: none seen is not none (as in Bonett and Price
2012, Adjusted Wald confidence interval for a difference of binomial proportions based on paired data)."""


@lru_cache(maxsize=256)
def binomial_quantile(n: int, p: float, level: float) -> int:
    """The smallest k with ``P(B <= k) >= level`` for B binomial (n, p)."""
    spread = 12.0 * math.sqrt(n * p * (1.0 - p)) + 12.0
    k = np.arange(max(math.floor(n * p - spread), 0), min(math.ceil(n * p + spread), n) + 1)
    # the ratio of neighbours is all that is needed; beyond twelve deviations nothing is left
    log_ratio = np.log((n - k[:-1]) / (k[:-1] + 1.0)) + math.log(p) - math.log1p(-p)
    log_mass = np.concatenate([[0.0], np.cumsum(log_ratio)])
    mass = np.exp(log_mass - log_mass.max())
    return int(k[np.searchsorted(np.cumsum(mass) / mass.sum(), level)])


def quantile(sample: Sample, p: float) -> Estimate:
    """The p-quantile between the order statistics that cover it with 95 %, whatever the distribution."""
    if sample.is_constant:
        return constant(sample)._replace(note="")
    value = sample.value_at(p)
    n = max(int(_worth(sample, p)), 1)
    low, high = binomial_quantile(n, p, TAIL), binomial_quantile(n, p, 1.0 - TAIL) + 1
    lower = sample.value_at(low / n) if low >= 1 else None
    upper = sample.value_at(high / n) if high <= n else None
    return Estimate(value, lower, upper, _thin(n, p) if lower != upper else "")


def _worth(sample: Sample, p: float) -> float:
    """Independent paths that would tell as well how many lie below the p-quantile."""
    return sample.n_effective if sample.groups is None else sample.worth(_is_below(sample, p))


def _is_below(sample: Sample, p: float) -> Vector:
    x, value = sample.x, sample.value_at(p)
    return made(len(x), lambda part: (x[part] <= value).astype(float))


def _thin(n: float, p: float) -> str:
    n_beyond = n * min(p, 1.0 - p)
    return f"thin tail: {n_beyond:.0f} paths beyond" if n_beyond < FEW else ""


def levels_of(sample: Sample, p: float) -> tuple[float, float]:
    """Ends of the interval of the p-quantile, as shares of the paths, by the normal law of their number."""
    reach = Z * _error_of_share(sample, p)
    return max(p - reach, 0.0), min(p + reach, 1.0)


def _error_of_share(sample: Sample, p: float) -> float:
    return math.sqrt(p * (1.0 - p) / _worth(sample, p))


def quantile_difference(sample: Sample, other: Sample, p: float) -> Estimate:
    """Difference of the two p-quantiles, paired by path."""
    if (sample.x == other.x).all():
        return no_difference(sample)
    value, pairs = sample.value_at(p) - other.value_at(p), _farthest_pairs(sample, other, p)
    lower = _farthest(min, value, [_between(sample, p - s, other, p - t) for s, t in pairs])
    upper = _farthest(max, value, [_between(sample, p + s, other, p + t) for s, t in pairs])
    return Estimate(value, lower, upper, few_differ(sample, other) or _thin(sample.n_effective, p))


def _farthest(of: Callable[[Iterable[float]], float], value: float, ends: Sequence[float | None]) -> float | None:
    known = [end for end in ends if end is not None]
    return of([value, *known]) if len(known) == len(ends) else None


def _between(sample: Sample, level: float, other: Sample, other_level: float) -> float | None:
    """Difference of two order statistics; None where a sample has none at such a level."""
    if min(level, other_level) <= 0.0 or max(level, other_level) > 1.0:
        return None
    return sample.value_at(level) - other.value_at(other_level)


def _farthest_pairs(sample: Sample, other: Sample, p: float) -> list[tuple[float, float]]:
    """From p to the two levels where the quantiles of the ellipse differ most, ``z s u`` and ``z t v``.

    With a, b the errors of the shares below each quantile, d of the difference of those shares, ``r = (a^2 + b^2 - d^2)
    / (2 a b)``; with s, t those of shares that are p, which the shares below a value that many paths share are not;
    and g, h how far the two quantiles' own intervals reach, ``g u - h v`` is largest on
    ``u^2 + v^2 - 2 r u v = 1 - r^2`` at ``u = (g - r h) / e``, ``v = (r g - h) / e``, ``e^2 = g^2 + h^2 - 2 r g h``.
    Intervals may reach farther on one side than on the other: a pair for each.
    """
    below, other_below = _is_below(sample, p), _is_below(other, p)
    seldom = math.sqrt(_SELDOM) / sample.n_effective
    apart = made(len(below), lambda part: below[part] - other_below[part])
    a, b, d = (math.hypot(sample.error_of_mean(share), seldom) for share in (below, other_below, apart))
    r = min(max((a * a + b * b - d * d) / (2.0 * a * b), -1.0), 1.0)
    s, t = (math.hypot(_error_of_share(one, p), seldom) for one in (sample, other))
    pairs = []
    for side in (-Z, Z):
        g, h = (abs(one.value_at(p + side * error) - one.value_at(p)) for one, error in ((sample, s), (other, t)))
        e = math.sqrt(max(g * g + h * h - 2.0 * r * g * h, 0.0))
        pairs.append((Z * s * (g - r * h) / e, Z * t * (r * g - h) / e) if e > 0.0 else (0.0, 0.0))
    return pairs
