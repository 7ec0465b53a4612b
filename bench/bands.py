"""How often the band of a pool's curve holds all of it, where the law of peak use is known.

    python -m bench.bands                     # 1,000 samples a size; --runs, --paths for others

The most that a Cramer-Lundberg process with exponential claims ever loses is 0 with chance theta / (1 + theta), else
exponential of mean (1 + theta) / theta claims (Asmussen and Albrecher 2010, Ruin Probabilities, IV): what a pool
without a horizon has out, at its peak, if claims are paid and premiums are payments back.
"""

import argparse
import math
from collections.abc import Sequence

import numpy as np

from backstop.answers.samples import Sample
from backstop.answers.sizing.curves import Aim, Curve, from_peak_use

SEED, THETA = 17, 0.2
PROMISED = (0.93, 0.97)
_AIM = Aim("all", None, 0.01, 1.0)


def ruin(reserve: float) -> float:
    """Chance that the process ever loses more than `reserve` mean claims."""
    return math.exp(-reserve * THETA / (1.0 + THETA)) / (1.0 + THETA)


def peaks(rng: np.random.Generator, n: int) -> np.ndarray:
    """What `n` paths lose at most."""
    loses = rng.random(n) < 1.0 / (1.0 + THETA)
    return np.where(loses, rng.exponential((1.0 + THETA) / THETA, n), 0.0)


def holds(curve: Curve) -> bool:
    """Whether the law lies within the band at every size: each point's ends hold up to the next point."""
    sizes = [point.size for point in curve.points]
    return all(ruin(here.size) <= here.upper and ruin(end) >= here.lower
               for here, end in zip(curve.points, [*sizes[1:], math.inf], strict=True) if end < math.inf or not
               here.lower)


def coverage(n_paths: int, n_runs: int) -> float:
    """Share of samples whose band holds the law."""
    rng = np.random.default_rng([SEED, n_paths])
    curves = (from_peak_use(Sample(peaks(rng, n_paths), np.ones(n_paths)), (), _AIM) for _ in range(n_runs))
    return sum(map(holds, curves)) / n_runs


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the coverage by number of paths."""
    parser = argparse.ArgumentParser(prog="python -m bench.bands", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--paths", type=int, nargs="+", default=[200, 1000, 4000])
    given = parser.parse_args(arguments)
    for n in given.paths:
        print(f"{n:,} paths: the band holds the whole curve in {coverage(n, given.runs):.1%} of {given.runs:,} samples")


if __name__ == "__main__":
    main()
