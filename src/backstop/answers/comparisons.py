"""What is compared with what: the facility, the reform beside it, and both (docs/model.md, 14)."""

from collections.abc import Sequence
from typing import NamedTuple

FACILITY, REFORM, BOTH = "facility", "reform", "both"
NONE = 0
"""Number of the arm with the funds as they are and no facility."""


class Comparison(NamedTuple):
    """Two arms on the same paths, by number; what it says is the first less the second."""

    name: str
    arm: int
    against: int


def comparisons_of(arm: int, counterfactuals: Sequence[int]) -> tuple[Comparison, ...]:
    """The effects in an arm, the one that it is judged by first; those of a reform and a facility add up to both.

    An arm whose funds are as they are has a facility alone, one without facilities is a reform alone; arm none is
    compared with nothing.
    """
    without = counterfactuals[arm]
    if arm == NONE:
        return ()
    if arm == without:
        return (Comparison(REFORM, arm, NONE),)
    facility = Comparison(FACILITY, arm, without)
    reform, both = Comparison(REFORM, without, NONE), Comparison(BOTH, arm, NONE)
    return (facility,) if without == NONE else (facility, reform, both)
