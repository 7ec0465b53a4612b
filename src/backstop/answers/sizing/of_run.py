"""What a finished run tells of the pool that an arm needs, without another run."""

from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate, probability
from backstop.answers.samples import Sample
from backstop.answers.sizing.curves import Aim, from_peak_use
from backstop.answers.sizing.hanging import hanging_terms, rounding
from backstop.runs.parts import Parts
from backstop.terms import ArmTerms


class Enough(NamedTuple):
    """The pool of one arm, currency, to run dry on no more than `target` of the paths on which a system key is on.

    Attributes
    ----------
    size
        What the arm has.
    crisis
        Chance of a path on which a system key is on.
    least, lower, upper
        The least pool that keeps to the target, and the ends of its 95 % interval; None where it is more than `size`,
        or more than so many paths can tell.
    hanging
        A key that hangs on the size, so that only `backstop size` can tell; empty where there is none.
    """

    target: float
    size: float
    crisis: Estimate
    least: float | None = None
    lower: float | None = None
    upper: float | None = None
    hanging: str = ""


def enough_of(parts: Parts, number: int, arm: ArmTerms, target: float) -> Enough:
    """Of arm `number`, whose terms are `arm`: until it runs dry, a path is the same whatever the size of the pool.

    Raises
    ------
    RunIncomplete, NotFinite
        See `Parts`.
    """
    size = parts.pool_sizes[number]
    is_on = parts.arm_column("days_active", number) > 0.0
    found = Enough(target, size, probability(Sample(is_on.astype(np.float64), parts.weight, parts.group)))
    hanging = hanging_terms(arm)
    if hanging:
        return found._replace(hanging=hanging[0].key)
    if not is_on.any() or size == 0.0:
        return found
    return _with_curve(found, _peak_use(parts, number, arm, is_on))


def _peak_use(parts: Parts, number: int, arm: ArmTerms, is_on: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Sample:
    """On the paths of `is_on`; where the pool ran dry, some amount that is more than it has."""
    use = parts.arm_column("pool_peak_use", number)
    is_dry = ~np.isnan(parts.arm_column("first_dry_day", number))
    slack = rounding(arm) * parts.resolved["quantum"]["value"]
    use = np.where(is_dry, 2.0 * parts.pool_sizes[number], np.where(use > 0.0, use + slack, 0.0))
    return Sample(use[is_on], parts.weight[is_on], None if parts.group is None else parts.group[is_on])


def _with_curve(found: Enough, use: Sample) -> Enough:
    curve = from_peak_use(use, (), Aim("crisis", None, found.target, found.crisis.lower or 0.0))
    least, lower, upper = (None if end is None or end > found.size else end
                           for end in (curve.size, curve.size_lower, curve.size_upper))
    return found._replace(least=least, lower=lower, upper=upper)
