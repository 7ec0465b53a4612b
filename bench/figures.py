"""What a workload measures: figures of ours and of its peers, with the ratios between them."""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

OURS = "backstop"


class Figure(NamedTuple):
    """One quantity of one contender in one case, sampled a few times."""

    workload: str
    case: str
    who: str
    """`OURS`, or the name of a peer."""
    unit: str
    samples: tuple[float, ...]
    ratios: tuple[float, ...] = ()
    """Ours over this peer's, round by round; empty for ours, and where there is no peer."""

    @property
    def median(self) -> float:
        """The middle sample."""
        return median(self.samples)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same figure in another run."""
        return self.workload, self.case, self.who, self.unit


class Spread(NamedTuple):
    """Smallest, middle and largest of a few samples."""

    least: float
    middle: float
    most: float


def spread(samples: Sequence[float]) -> Spread:
    """The spread of at least one sample."""
    return Spread(min(samples), median(samples), max(samples))


def compared(workload: str, case: str, unit: str, samples: dict[str, tuple[float, ...]]) -> Iterator[Figure]:
    """Figures of contenders that were sampled in the same rounds, ours among them."""
    ours = samples[OURS]
    for who, theirs in samples.items():
        ratios = () if who == OURS else tuple(a / b for a, b in zip(ours, theirs, strict=True))
        yield Figure(workload, case, who, unit, theirs, ratios)
