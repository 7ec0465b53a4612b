"""How large the error is where `--target-error` stops, where the truth is known, and how many paths it takes.

    python -m bench.looks                     # 200 repetitions a law; --runs, --error for others

Beside it the paths of a run whose number was known before: those at which 1.96 standard errors are the error asked for.
"""

import argparse
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate, mean, probability
from backstop.answers.looks import SPENT, Goal, Spending, draws_of, look_places, relative_error, widths
from backstop.answers.samples import Sample
from backstop.answers.skewness import Z
from backstop.answers.summary import Row

SEED, N_BLOCKS, BLOCK = 18, 128, 1024


class Law(NamedTuple):
    """What a path's value may be."""

    draw: Callable[[np.random.Generator, int], np.ndarray]
    estimate: Callable[[Sample], Estimate]
    mean: float
    deviation: float
    """Of a path's value; with draws, the root of paths a draw times the variance of the mean of a draw."""
    paths_per_draw: int = 0


def _event(p: float) -> Law:
    return Law(lambda rng, n: (rng.random(n) < p).astype(float), probability, p, (p * (1.0 - p)) ** 0.5)


def _loss(p: float) -> Law:
    def draw(rng: np.random.Generator, n: int) -> np.ndarray:
        return np.where(rng.random(n) < p, rng.exponential(size=n), 0.0)

    return Law(draw, mean, p, (2.0 * p - p * p) ** 0.5)


def _drawn(p: float, spread: float, paths_per_draw: int = 256) -> Law:
    """An event whose chance is drawn for each group of paths."""
    def draw(rng: np.random.Generator, n: int) -> np.ndarray:
        chance = np.repeat(p * (1.0 + spread * rng.uniform(-1.0, 1.0, n // paths_per_draw)), paths_per_draw)
        return (rng.random(n) < chance).astype(float)

    between = (p * spread) ** 2 / 3.0
    return Law(draw, probability, p, (p * (1.0 - p) + (paths_per_draw - 1) * between) ** 0.5, paths_per_draw)


LAWS = {"event 5 %": _event(0.05), "event 45 %": _event(0.45), "rare loss 7 %": _loss(0.07),
        "event 5 %, drawn": _drawn(0.05, 0.5)}


class Found(NamedTuple):
    """Of the repetitions that stopped because the figure was known: how many, whose error was kept, their paths."""

    n_met: int
    kept: float
    paths: float
    known_before: float


def repeat(law: Law, error: float, spending: Spending, n_runs: int) -> Found:
    """Runs of at most `N_BLOCKS` blocks, each looked at as `--target-error` looks."""
    rng = np.random.default_rng(SEED)
    ends = [(_stop(law.draw(rng, N_BLOCKS * BLOCK), law, Goal("x", None, error), spending)) for _ in range(n_runs)]
    met = [end for end in ends if end is not None]
    kept = [abs(estimate - law.mean) <= error * law.mean for _, estimate in met]
    n_met = len(met)
    return Found(n_met, sum(kept) / max(n_met, 1), sum(n for n, _ in met) / max(n_met, 1),
                 (Z * law.deviation / (error * law.mean)) ** 2)


def _stop(x: np.ndarray, law: Law, goal: Goal, spending: Spending) -> tuple[int, float] | None:
    """Paths and estimate where it stopped; None where all paths were too few."""
    places = look_places(N_BLOCKS)
    for place, z in zip(places, widths([place / N_BLOCKS for place in places], spending), strict=True):
        n = place * BLOCK
        group = np.arange(n) // law.paths_per_draw if law.paths_per_draw else None
        found = law.estimate(Sample(x[:n], np.ones(n), group))
        error = relative_error([_row(found)], goal, z, draws_of(group))
        if error is not None and error <= goal.error:
            return n, found.value
    return None


def _row(found: Estimate) -> Row:
    values = {"metric": "x", "statistic": "mean", "estimate": found.value, "lower": found.lower, "upper": found.upper,
              "note": found.note or None}
    return Row(**(dict.fromkeys(Row._fields) | values))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line a law and rule of spending."""
    parser = argparse.ArgumentParser(prog="python -m bench.looks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--error", type=float, default=0.05)
    given = parser.parse_args(arguments)
    print("| law | spending | stopped | error kept | paths, mean | known before |\n|---|---|---|---|---|---|")
    for name, law in LAWS.items():
        for spending in SPENT:
            found = repeat(law, given.error, spending, given.runs)
            print(f"| {name} | {spending} | {found.n_met} of {given.runs} | {found.kept:.1%} | {found.paths:,.0f} | "
                  f"{found.known_before:,.0f} |")


if __name__ == "__main__":
    main()
