"""How time grows with size: the exponent of a power law, fitted."""

from collections.abc import Mapping

import numpy as np

from bench.figures import OURS, Figure
from bench.timing import Sampler, alternate


def exponent(sizes: list[int], times: list[float]) -> float:
    """The e of ``time = c size**e``, by least squares in logs."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def exponent_figure(workload: str, case: str, samplers: Mapping[int, Sampler], reps: int) -> Figure:
    """The exponent over the sizes of `samplers`, one fit a round; 1 is proportional."""
    samples = alternate({str(size): sampler for size, sampler in samplers.items()}, reps)
    rounds = zip(*samples.values(), strict=True)
    return Figure(workload, case, OURS, "exponent", tuple(exponent(list(samplers), list(times)) for times in rounds))
