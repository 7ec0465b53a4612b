"""How often 95 % intervals hold the truth, by kind, law and number of paths.

    python -m bench.coverage                     # 400 samples a cell; --runs, --paths, --laws, --out for others
    python -m bench.coverage --compare FILE      # beside the figures that an earlier --out kept
"""

import argparse
import json
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from backstop.answers import estimators, quantiles, shortfalls
from backstop.answers.estimators import Estimate
from backstop.answers.samples import Sample

Draw = Callable[[np.random.Generator, int], tuple[Any, Any]]
"""(x, y) of so many paths; what is asked of one arm is asked of x, a difference is x less y."""
SEED = 16
_EVENT = 2.0
_PROMISED = 0.93


def _rare(rng: np.random.Generator, n: int, share: float) -> Any:
    """A loss on this share of paths, exponential."""
    return np.where(rng.random(n) < share, rng.exponential(size=n), 0.0)


def _near(rng: np.random.Generator, n: int) -> tuple[Any, Any]:
    y = rng.standard_normal(n)
    return 0.8 * (0.95 * y + math.sqrt(1.0 - 0.95**2) * rng.standard_normal(n)) + 0.1, y


def _gap(rng: np.random.Generator, n: int) -> tuple[Any, Any]:
    """A few per cent of paths fare far worse than all others."""
    y = rng.random(n)
    return np.where(rng.random(n) < 0.046, 10.0 + y, y), y


def _scaled(x: Any, by: float) -> tuple[Any, Any]:
    return x * by, x


LAWS: dict[str, Draw] = {
    "normal": _near,
    "exponential": lambda rng, n: _scaled(rng.exponential(size=n), 0.9),
    "lognormal 1": lambda rng, n: _scaled(np.exp(rng.standard_normal(n)), 0.9),
    "lognormal 2": lambda rng, n: _scaled(np.exp(2.0 * rng.standard_normal(n)), 0.9),
    "rare loss 2.4 %": lambda rng, n: _scaled(_rare(rng, n, 0.024), 0.7),
    "rare loss 7 %": lambda rng, n: _scaled(_rare(rng, n, 0.07), 0.7),
    "event 4.5 %": lambda rng, n: ((rng.random(n) < 0.045).astype(float), np.zeros(n)),
    "40 % at the top": lambda rng, n: _scaled(np.minimum(rng.exponential(size=n), -math.log(0.4)), 0.9),
    "gap at 4.6 %": _gap,
    "99 % unchanged": lambda rng, n: _changed(rng, n, 0.01),
    "95 % unchanged": lambda rng, n: _changed(rng, n, 0.05),
}


def _changed(rng: np.random.Generator, n: int, share: float) -> tuple[Any, Any]:
    y = rng.exponential(size=n)
    return np.where(rng.random(n) < share, 0.5 * y, y), y


class Kind(NamedTuple):
    """A kind of interval, and what it is of."""

    name: str
    estimate: Callable[[Sample, Sample], Estimate]


KINDS = (
    Kind("mean", lambda x, y: estimators.mean(x)),
    Kind("p95", lambda x, y: quantiles.quantile(x, 0.95)),
    Kind("es95", lambda x, y: shortfalls.shortfall(x, 0.95)),
    Kind("prob", lambda x, y: estimators.probability(_event(x))),
    Kind("ratio", lambda x, y: _share_of_large(x)),
    Kind("d mean", estimators.mean_difference),
    Kind("d p50", lambda x, y: quantiles.quantile_difference(x, y, 0.5)),
    Kind("d p95", lambda x, y: quantiles.quantile_difference(x, y, 0.95)),
    Kind("d es95", lambda x, y: shortfalls.shortfall_difference(x, y, 0.95)),
    Kind("d prob", lambda x, y: estimators.probability_difference(_event(x), _event(y))),
)


def _share_of_large(sample: Sample) -> Estimate:
    """What values above 1 make of the sum of all that are positive."""
    x = sample.x
    return estimators.ratio(np.where(x > 1.0, x, 0.0), np.maximum(x, 0.0), sample.w) or Estimate(0.0, None, None)


def _event(sample: Sample) -> Sample:
    return Sample((sample.x > _EVENT).astype(float), sample.w)


class Cell(NamedTuple):
    """What was seen of one kind, law and number of paths."""

    law: str
    kind: str
    n_paths: int
    n_runs: int
    held: float
    """Share of samples whose interval holds the truth."""
    noted: float
    """Share of samples whose interval has a note."""
    held_without_note: float | None
    width: float | None
    """Mean width over that of 1.96 standard deviations of the estimate either way; None where it never varies."""

    @property
    def is_short(self) -> bool:
        """Whether it promises more than it holds: below 93 %, by more than two standard errors of the samples."""
        held = self.held_without_note
        return self.noted < 0.5 and held is not None and held < _PROMISED - 2.0 * math.sqrt(0.95 * 0.05 / self.n_runs)


def pair(x: Any, y: Any) -> tuple[Sample, Sample]:
    """Samples of equal weight."""
    return Sample(x, np.ones(len(x))), Sample(y, np.ones(len(y)))


def truths(draw: Draw, n: int = 1_000_000) -> dict[str, float]:
    """Values of a very large sample, hundreds of times those that are judged."""
    x, y = pair(*draw(np.random.default_rng([SEED, 1]), n))
    return {kind.name: kind.estimate(x, y).value for kind in KINDS}


def cover(law: str, sizes: Sequence[int], n_runs: int, true: dict[str, float]) -> Iterator[Cell]:
    """Intervals of `n_runs` samples of each size; the same samples for all kinds."""
    for n in sizes:
        rng = np.random.default_rng([SEED, 2, n])
        samples = [pair(*LAWS[law](rng, n)) for _ in range(n_runs)]
        for kind in KINDS:
            yield _cell(law, kind.name, n, [kind.estimate(x, y) for x, y in samples], true[kind.name])


def _cell(law: str, kind: str, n: int, found: Sequence[Estimate], true: float) -> Cell:
    # a truth that is itself estimated where paths share a value, and rounding where they all do
    slack = 1e-9 * max(abs(true), 1.0)
    held = np.array([(e.lower is None or e.lower <= true + slack) and (e.upper is None or e.upper >= true - slack)
                     for e in found])
    noted = np.array([bool(e.note) for e in found])
    widths = [e.upper - e.lower for e in found if e.lower is not None and e.upper is not None]
    spread = float(np.std([e.value for e in found]))
    width = float(np.mean(widths)) / (2.0 * 1.96 * spread) if widths and spread > 1e-12 else None
    return Cell(law, kind, n, len(found), float(held.mean()), float(noted.mean()),
                float(held[~noted].mean()) if not noted.all() else None, width)


def table(cells: Sequence[Cell], before: Sequence[Cell] = ()) -> Iterator[str]:
    """Lines of Markdown: a row for a law and a size, a column for a kind; `before` stands in front of an arrow."""
    earlier = {cell[:3]: cell for cell in before}
    kinds = list(dict.fromkeys(cell.kind for cell in cells))
    yield f"| law | paths | {' | '.join(kinds)} |"
    yield "|" + "---|" * (len(kinds) + 2)
    for law, n in dict.fromkeys((cell.law, cell.n_paths) for cell in cells):
        shown = [_shown(cell, earlier.get(cell[:3])) for cell in cells if (cell.law, cell.n_paths) == (law, n)]
        yield f"| {law} | {n:,} | {' | '.join(shown)} |"


def _shown(cell: Cell, before: Cell | None) -> str:
    """Coverage in per cent, in brackets the share of samples with a note where it is not 0."""
    note = f" ({cell.noted:.0%})" if cell.noted >= 0.005 else ""
    earlier = f"{100.0 * before.held:.1f} → " if before else ""
    return f"{earlier}{100.0 * cell.held:.1f}{note}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table; name the cells that hold less than they promise."""
    parser = argparse.ArgumentParser(prog="python -m bench.coverage", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--paths", type=int, nargs="+", default=[500, 2000, 4000])
    parser.add_argument("--laws", nargs="+", choices=list(LAWS), default=list(LAWS))
    parser.add_argument("--out", type=Path, help="file to keep the figures in")
    parser.add_argument("--compare", type=Path, help="figures of an earlier run")
    given = parser.parse_args(arguments)
    cells = [cell for law in given.laws for cell in cover(law, given.paths, given.runs, truths(LAWS[law]))]
    before = [Cell(*row) for row in json.loads(given.compare.read_text())] if given.compare else []
    print("\n".join(table(cells, before)))
    for cell in cells:
        if cell.is_short:
            print(f"short: {cell.kind} of {cell.law} at {cell.n_paths:,} paths: {cell.held_without_note:.1%}")
    if given.out:
        given.out.write_text(json.dumps(cells))


if __name__ == "__main__":
    main()
