"""What the market models of a run say apart: the range of every figure over them, and how much they differ.

Paths of one model are a sample of their own, so a mean over models has the interval that the models' own intervals give
(Zou and Donner 2008, Statistics in Medicine 27: squares of distances add up, weighted), and what lies between models is
no error of sampling. By the law of total variance, with m_k the mean of model k, w_k its weight, m their mean,

    V = max(0, sum w_k (m_k - m)^2 - sum w_k (1 - w_k) s_k^2)

is the variance between models without what sampling (s_k, the standard error of m_k) adds to it. A figure hangs on the
model where its range over models is one that models without a difference would show in one run of twenty (Tukey's
studentised range, with the models' own errors): a range of many models is wide by sampling alone.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from backstop.answers.ranges import largest_range
from backstop.answers.skewness import Z
from backstop.answers.summary import Row, steps_of
from backstop.answers.views import View, of_models
from backstop.runs.parts import Parts
from backstop.runs.progress import Meter, OnProgress, quiet

_AVERAGES = ("mean", "prob")
"""Statistics that are averages of those of the models."""


_Bounds: TypeAlias = tuple[float | None, float | None, float | None]
"""An estimate and the ends of its interval."""


class Own(NamedTuple):
    """A row as one model has it, and the weight of that model's paths."""

    weight: float
    row: Row


def summarise_with_models(parts: Parts, on_progress: OnProgress = quiet) -> tuple[list[Row], dict[str, list[Row]]]:
    """Rows of all paths, and by market model those of its paths alone; rows of funds are not among them.

    Each column is read once for all. The first rows have their range over models and intervals of sampling alone.
    """
    reads, steps = steps_of(parts)
    whole = View(parts, reads)
    models = of_models(whole)
    meter = Meter("summarising", len(steps), on_progress)
    rows, apart = list[Row](), {model: list[Row]() for model in parts.mixture.models}
    for step in steps:
        rows += step(whole)
        for own, found in zip(models, apart.values(), strict=True):
            found += step(own)
        meter.add(1)
    return over_models(rows, apart, parts.mixture.weights), apart


def over_models(rows: Sequence[Row], apart: Mapping[str, Sequence[Row]], weights: Sequence[float]) -> list[Row]:
    """`rows` of all paths with their range over models; averages with intervals of sampling alone.

    Parameters
    ----------
    rows
        Of all models' paths together.
    apart
        Rows of each model's paths alone, by model.
    weights
        Of a path of each model.
    """
    found: dict[tuple[str | None, ...], list[Own]] = {}
    for own, weight in zip(apart.values(), weights, strict=True):
        for row in own:
            found.setdefault(_key(row), []).append(Own(weight * row.n_paths, row))
    return [_with_range(row, found.get(_key(row), [])) for row in rows]


def _key(row: Row) -> tuple[str | None, ...]:
    return row.arm, row.fund, row.metric, row.statistic, row.comparison


def _with_range(row: Row, own: Sequence[Own]) -> Row:
    if not own:
        return row
    estimates = [one.row.estimate for one in own]
    effects = [one.row.effect for one in own if one.row.effect is not None]
    ranged = row._replace(model_low=min(estimates), model_high=max(estimates),
                          effect_model_low=min(effects, default=None), effect_model_high=max(effects, default=None))
    ranged = ranged._replace(hangs_on_model=verdict([one.row for one in own]))
    return _stratified(ranged, own) if row.statistic in _AVERAGES else ranged


def verdict(rows: Sequence[Row]) -> str:
    """How a figure hangs on the model, from each model's own: ``sign``, ``range``, or empty for not at all.

    The sign differs where an interval lies above 0 and another below. Without an end of some interval nothing is said.
    """
    errors = [_error(row) for row in rows]
    known = [error for error in errors if error is not None]
    if len(rows) < 2 or len(known) < len(errors):
        return ""
    if any((row.lower or 0.0) > 0.0 for row in rows) and any((row.upper or 0.0) < 0.0 for row in rows):
        return "sign"
    middle = math.sqrt(math.fsum(error * error for error in known) / len(known))
    estimates = [row.estimate for row in rows]
    return "range" if max(estimates) - min(estimates) > largest_range(len(rows)) * middle else ""


def _stratified(row: Row, own: Sequence[Own]) -> Row:
    """An average with the interval of its strata, and the deviation between them."""
    total = math.fsum(one.weight for one in own)
    shares = [one.weight / total for one in own]
    bounds = [(one.row.estimate, one.row.lower, one.row.upper) for one in own]
    effects = [(one.row.effect, one.row.effect_lower, one.row.effect_upper) for one in own]
    lower, upper = _interval(row.estimate, shares, bounds)
    effect_lower, effect_upper = _interval(row.effect, shares, effects)
    errors = [one.row.standard_error or 0.0 for one in own]
    return row._replace(lower=lower, upper=upper, effect_lower=effect_lower, effect_upper=effect_upper,
                        standard_error=math.sqrt(math.fsum((w * s) ** 2 for w, s in zip(shares, errors, strict=True))),
                        model_deviation=math.sqrt(between(shares, [one.row.estimate for one in own], errors)))


def _interval(value: float | None, shares: Sequence[float], bounds: Sequence[_Bounds]
              ) -> tuple[float | None, float | None]:
    """``m -+ sqrt(sum w^2 d^2)``, d the distance of each stratum's bound from its estimate."""
    if value is None:
        return None, None
    down, up = (_reach(shares, [(middle, ends[end]) for middle, *ends in bounds]) for end in (0, 1))
    return None if down is None else value - down, None if up is None else value + up


def _reach(shares: Sequence[float], ends: Sequence[tuple[float | None, float | None]]) -> float | None:
    """How far the interval of an average goes to one side; None where a stratum's has no end."""
    far = [share * (end - middle) for share, (middle, end) in zip(shares, ends, strict=True)
           if end is not None and middle is not None]
    return None if len(far) < len(ends) else math.sqrt(math.fsum(d * d for d in far))


def _error(row: Row) -> float | None:
    """Standard error; where a statistic has none, that which its interval of 95 % is as wide as; None without ends."""
    if row.standard_error is not None:
        return row.standard_error
    return None if row.lower is None or row.upper is None else (row.upper - row.lower) / (2.0 * Z)


def between(shares: Sequence[float], means: Sequence[float], errors: Sequence[float]) -> float:
    """V, the variance between models: `shares` w_k, which add up to 1, `means` m_k and their standard `errors` s_k."""
    middle = math.fsum(w * m for w, m in zip(shares, means, strict=True))
    spread = math.fsum(w * (m - middle) ** 2 for w, m in zip(shares, means, strict=True))
    sampling = math.fsum(w * (1.0 - w) * s * s for w, s in zip(shares, errors, strict=True))
    return max(spread - sampling, 0.0)
