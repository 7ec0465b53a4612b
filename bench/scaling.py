"""How time grows with size: the exponent of a power law, fitted."""

from collections.abc import Callable, Mapping

import numpy as np

from bench.figures import OURS, Figure
from bench.timing import alternate, nanoseconds


def exponent(sizes: list[int], times: list[float]) -> float:
    """The e of ``time = c size**e``, by least squares in logs."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def exponent_figure(workload: str, case: str, works: Mapping[int, Callable[[], object]], reps: int) -> Figure:
    """The exponent of CPU time over the sizes of `works`, one fit a round; 1 is proportional."""
    samples = alternate({str(size): nanoseconds(work, 1) for size, work in works.items()}, reps)
    rounds = zip(*samples.values(), strict=True)
    return Figure(workload, case, OURS, "exponent", tuple(exponent(list(works), list(times)) for times in rounds))
