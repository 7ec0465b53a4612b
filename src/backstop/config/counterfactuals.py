"""The same arm without its facilities: what a facility is compared with.

An arm that changes funds or channels is two things at once, a reform and a facility. Its counterfactual has the reform
alone, so that the two can be told apart: reform is counterfactual less arm none, facility is arm less counterfactual.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from backstop.config.schema import Config
from backstop.config.study import WITHOUT, Arm
from backstop.terms import ArmTerms


def without_facilities(config: Config, design: Config) -> Config:
    """`design`, the config as an arm sees it, with the facilities and the pool of `config` itself."""
    return design.model_copy(update={"facilities": config.facilities, "pool": config.pool})


def counterfactuals_of(arms: Sequence[Arm], bare: Sequence[ArmTerms], none: ArmTerms
                       ) -> tuple[dict[str, ArmTerms], tuple[int, ...]]:
    """The arms that must be simulated beside those of the config, and by arm the number of its counterfactual.

    Arm none serves whose funds are as they are, an arm of the config without facilities whose funds are its own; each
    other set of terms is simulated once, under the name of the first arm that has it.

    Parameters
    ----------
    arms
        Of the config.
    bare
        Their terms without facilities.
    none
        Terms of arm none.

    Returns
    -------
    dict of str to ArmTerms
        By name, in order; they stand between arm none and those of the config.
    tuple of int
        For arm none, these, and those of the config.
    """
    reforms = {n: bare[n] for n, arm in enumerate(arms) if not arm.facilities}
    extra: dict[str, ArmTerms] = {}
    for arm, terms in zip(arms, bare, strict=True):
        if arm.facilities and not any(_are_same(terms, known) for known in (none, *extra.values(), *reforms.values())):
            extra[WITHOUT + arm.name] = terms
    first = 1 + len(extra)
    known = dict(enumerate((none, *extra.values()))) | {first + n: terms for n, terms in reforms.items()}
    numbers = [next(number for number in known if _are_same(terms, known[number])) if arm.facilities else first + n
               for n, (arm, terms) in enumerate(zip(arms, bare, strict=True))]
    return extra, (*range(first), *numbers)


def _are_same(one: Any, other: Any) -> bool:
    """Whether two tuples of terms have the same numbers in them."""
    if one is other:
        return True
    if isinstance(one, tuple):
        return all(_are_same(*pair) for pair in zip(one, other, strict=True))
    return bool(np.array_equal(one, other))
